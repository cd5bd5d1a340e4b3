// SPDX-License-Identifier: Apache-2.0

// A real Kubernetes API server for tests, with its etcd in the same process: no kubelet, no controllers, no pod that runs.
//
//	caliwatch-test-kube FOLDER KUBE_APISERVER_FLAG…
//
// FOLDER takes etcd's data, the server's certificates (certs/apiserver.crt is to be trusted) and its key for tokens.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"log"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// The address etcd answers at. The kernel chooses its ports: several servers may run on one machine.
func startEtcd(folder string) string {
	anyPort := []url.URL{{Scheme: "http", Host: "127.0.0.1:0"}}
	config := embed.NewConfig()
	config.Dir = folder
	config.LogLevel = "error"
	config.UnsafeNoFsync = true // what it holds need not outlive the machine
	config.ListenClientUrls, config.AdvertiseClientUrls = anyPort, anyPort
	config.ListenPeerUrls, config.AdvertisePeerUrls = anyPort, anyPort
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	etcd, err := embed.StartEtcd(config)
	must(err)
	select {
	case <-etcd.Server.ReadyNotify():
	case <-time.After(2 * time.Minute):
		log.Fatal("etcd is not ready after two minutes")
	}
	return "http://" + etcd.Clients[0].Addr().String()
}

func writeKey(path string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	bytes, err := x509.MarshalECPrivateKey(key)
	must(err)
	must(os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: bytes}), 0o600))
}

func main() {
	folder := os.Args[1]
	key := filepath.Join(folder, "tokens.key")
	writeKey(key)
	command := app.NewAPIServerCommand()
	command.SetArgs(append([]string{
		"--etcd-servers=" + startEtcd(filepath.Join(folder, "etcd")),
		"--cert-dir=" + filepath.Join(folder, "certs"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + key,
		"--service-account-signing-key-file=" + key,
	}, os.Args[2:]...))
	os.Exit(cli.Run(command))
}
