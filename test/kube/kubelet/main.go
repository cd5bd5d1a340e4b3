// SPDX-License-Identifier: Apache-2.0

// What stands on a node, of which `kubectl exec` alone is asked: the API server's requests come in as a kubelet's do and
// are answered by the code that containerd and CRI-O answer them with. It runs no pod: a command in a container is what
// stands in FOLDER/NAMESPACE/POD/CONTAINER, an executable file, which gets the command's words.
//
//	kubelet FOLDER
//
// The first line that it prints is its port on 127.0.0.1. FOLDER takes its certificate, which nobody has to trust.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/creack/pty"
	"k8s.io/client-go/util/cert"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/cri-streaming/pkg/streaming"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

type containers struct{ folder string }

func (c containers) Exec(ctx context.Context, container string, words []string, in io.Reader, out, errs io.WriteCloser,
	terminal bool, sizes <-chan remotecommand.TerminalSize) error {
	command := exec.CommandContext(ctx, filepath.Join(c.folder, container), words...)
	var err error
	if terminal {
		err = runOnTerminal(command, in, out, sizes)
	} else {
		command.Stdin, command.Stdout, command.Stderr = in, out, errs
		err = command.Run()
	}
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return utilexec.CodeExitError{Err: err, Code: ended.ExitCode()}
	}
	return err
}

func runOnTerminal(command *exec.Cmd, in io.Reader, out io.Writer, sizes <-chan remotecommand.TerminalSize) error {
	ours, err := pty.Start(command)
	if err != nil {
		return err
	}
	defer ours.Close()
	go func() {
		for size := range sizes {
			_ = pty.Setsize(ours, &pty.Winsize{Rows: size.Height, Cols: size.Width})
		}
	}()
	go io.Copy(ours, in)
	io.Copy(out, ours) // until nobody has the terminal any more, which is told as an error
	return command.Wait()
}

func (containers) Attach(context.Context, string, io.Reader, io.WriteCloser, io.WriteCloser, bool,
	<-chan remotecommand.TerminalSize) error {
	return errors.New("there is no process to attach to")
}

func (containers) PortForward(context.Context, string, int32, io.ReadWriteCloser) error {
	return errors.New("there is no pod to forward to")
}

// As a kubelet takes /exec/NAMESPACE/POD/CONTAINER?command=…: it asks the container's runtime for a place to stream to.
func execute(folder string, server streaming.Server, answer http.ResponseWriter, request *http.Request) {
	query := request.URL.Query()
	container := strings.TrimPrefix(filepath.Clean(request.URL.Path), "/exec/")
	if _, err := os.Stat(filepath.Join(folder, container)); err != nil || strings.Count(container, "/") != 2 {
		http.Error(answer, fmt.Sprintf("container not found (%q)", filepath.Base(container)), http.StatusNotFound)
		return
	}
	place, err := server.GetExec(&runtimeapi.ExecRequest{
		ContainerId: container, Cmd: query["command"], Tty: query.Get("tty") == "1", Stdin: query.Get("input") == "1",
		Stdout: query.Get("output") == "1", Stderr: query.Get("error") == "1",
	})
	if err != nil {
		http.Error(answer, err.Error(), http.StatusInternalServerError)
		return
	}
	request.URL.Path, request.URL.RawQuery = strings.TrimPrefix(place.Url, "http://kubelet"), ""
	server.ServeHTTP(answer, request)
}

func main() {
	folder := os.Args[1]
	config := streaming.DefaultConfig
	config.Addr = "kubelet" // of the places that it names; see execute()
	config.StreamIdleTimeout, config.StreamCreationTimeout = time.Minute, time.Minute
	server, err := streaming.NewServer(config, containers{folder})
	must(err)
	certificate, key, err := cert.GenerateSelfSignedCertKey("127.0.0.1", nil, nil)
	must(err)
	files := []string{filepath.Join(folder, "kubelet.crt"), filepath.Join(folder, "kubelet.key")}
	must(os.WriteFile(files[0], certificate, 0o600))
	must(os.WriteFile(files[1], key, 0o600))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	must(http.ServeTLS(listener, http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		execute(folder, server, answer, request)
	}), files[0], files[1]))
}
