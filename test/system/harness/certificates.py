# SPDX-License-Identifier: Apache-2.0
"""Keys and certificates for tests' servers and their clients, by openssl; good for two days."""

import subprocess

_NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout"]


class Certificates:
    """Files in a folder of the test's: NAME.crt, NAME.key."""

    def __init__(self, folder):
        self._folder = folder

    def path(self, file):
        return f"{self._folder}/{file}"

    def self_signed(self, name, extension=None):
        """(certificate, key): an authority, or who is signed by nobody."""
        self._run("req", "-x509", "-days", "2", *self._wanted(name, f"/CN={name}", extension), "-out", f"{name}.crt")
        return self.path(f"{name}.crt"), self.path(f"{name}.key")

    def signed(self, authority, name, subject=None, extension=None):
        """(certificate, key): signed by an authority that self_signed() made. extension: "subjectAltName=IP:…"."""
        self._run("req", *self._wanted(name, subject or f"/CN={name}", extension), "-out", f"{name}.csr")
        by = ["-CA", f"{authority}.crt", "-CAkey", f"{authority}.key", "-CAcreateserial", "-copy_extensions", "copyall"]
        self._run("x509", "-req", "-in", f"{name}.csr", *by, "-days", "2", "-out", f"{name}.crt")
        return self.path(f"{name}.crt"), self.path(f"{name}.key")

    @staticmethod
    def _wanted(name, subject, extension):
        return [*_NEW_KEY, f"{name}.key", "-subj", subject, *(["-addext", extension] if extension else [])]

    def _run(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True, timeout=60)
