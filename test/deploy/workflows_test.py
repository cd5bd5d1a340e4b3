# SPDX-License-Identifier: Apache-2.0
"""The workflows of .github: valid, with the least rights, and with commands that are there. That GitHub runs them is
not tried here."""

import os
import re
import shutil
import tempfile
import unittest
from pathlib import Path

from harness.documents import documents, yaml
from harness.main import run_tests
from harness.tools import ROOT, go_tool, run

FOLDER = ROOT / ".github/workflows"
WORKFLOWS = {path.stem: documents(path) for path in FOLDER.glob("*.yml")}


def jobs():
    for name, (workflow,) in WORKFLOWS.items():
        for job, what in workflow["jobs"].items():
            yield f"{name}/{job}", what


def steps(job):
    (workflow,) = WORKFLOWS["release"]
    return {step.get("name"): step for step in workflow["jobs"][job]["steps"]}


class WorkflowsTest(unittest.TestCase):
    def test_actionlint_has_nothing_to_say(self):
        answer = run(go_tool("actionlint"), *map(str, sorted(FOLDER.glob("*.yml"))), cwd=ROOT)
        self.assertEqual((answer.returncode, answer.stdout, answer.stderr), (0, "", ""))

    def test_nobody_may_write_but_the_jobs_that_publish_and_those_what_they_publish_alone(self):
        for workflow in WORKFLOWS.values():
            self.assertEqual(workflow[0]["permissions"], {"contents": "read"})
        granted = {}
        for place, job in jobs():
            for right, how in job.get("permissions", {}).items():
                granted.setdefault(place, set()).update({right} if how == "write" else {})
        self.assertEqual(granted, {
            "release/image": {"packages", "id-token", "attestations"},
            "release/chart": {"packages", "id-token"},
            "release/release": {"contents", "id-token", "attestations"},
            "site/publish": {"pages", "id-token"},
        })  # fmt: skip

    def test_every_job_ends_and_every_action_is_of_a_version(self):
        for place, job in jobs():
            self.assertTrue("timeout-minutes" in job or "uses" in job, place)
            for step in job.get("steps", []):
                if "uses" in step:
                    self.assertRegex(step["uses"], r"^[\w-]+/[\w./-]+@v?\d", place)
                if step.get("uses", "").startswith("actions/checkout@"):
                    self.assertIs(step["with"]["persist-credentials"], False, place)

    def test_every_script_that_a_step_calls_is_there(self):
        called = set()
        for _, job in jobs():
            for step in job.get("steps", []):
                called |= set(re.findall(r"(?m)(?:^|&& )((?:\.ci|deploy)/[\w./-]+)", step.get("run", "")))
        self.assertGreater(len(called), 3)
        for path in called:
            self.assertTrue(os.access(ROOT / path, os.X_OK), path)

    def test_nothing_is_published_that_was_not_tested_and_scanned(self):
        (release,) = WORKFLOWS["release"]
        self.assertEqual(release["jobs"]["test"]["uses"], "./.github/workflows/ci.yml")
        for job, needed in (("image", "test"), ("debian", "test"), ("chart", "image"), ("release", "debian")):
            needs = release["jobs"][job]["needs"]
            self.assertIn(needed, [needs] if isinstance(needs, str) else needs)
        uses = [step.get("uses", "").partition("@")[0] for step in release["jobs"]["image"]["steps"]]
        self.assertLess(uses.index("aquasecurity/trivy-action"), uses.index("docker/login-action"))


class ImagesTest(unittest.TestCase):
    def test_each_that_the_dockerfile_ends_in_is_scanned_pushed_and_named_by_its_own_name(self):
        (release,) = WORKFLOWS["release"]
        made = {one["target"]: one["suffix"] for one in release["jobs"]["image"]["strategy"]["matrix"]["include"]}
        stages = re.findall(r"(?m)^FROM scratch AS (\S+)", (ROOT / "Dockerfile").read_text())
        self.assertEqual(sorted(made), sorted(stages))
        self.assertEqual(made, {"runtime": "", "ipam": "-ipam"})
        built = [step["with"] for step in steps("image").values() if "docker/build-push" in step.get("uses", "")]
        self.assertEqual([one["target"] for one in built], ["${{ matrix.target }}"] * 2)
        self.assertEqual([one["platforms"] for one in built if one.get("push")], ["linux/amd64,linux/arm64"])


class ReleasedChartTest(unittest.TestCase):
    def test_it_is_made_to_know_its_images_and_where_its_runbooks_are(self):
        step = steps("chart")["A chart that knows its images and where its runbooks are"]
        commands = "\n".join(line for line in step["run"].splitlines() if line.startswith("sed"))
        given = {
            "IMAGE": "ghcr.example/o/caliwatch", "DIGEST": "sha256:" + "0" * 64,
            "IPAM_DIGEST": "sha256:" + "1" * 64, "GITHUB_SERVER_URL": "https://hub.example",
            "GITHUB_REPOSITORY": "o/caliwatch", "GITHUB_REF_NAME": "v1.2.3", "PATH": os.environ["PATH"],
        }  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            values = Path(folder, "deploy/chart/values.yaml")
            values.parent.mkdir(parents=True)
            shutil.copy(ROOT / "deploy/chart/values.yaml", values)
            answer = run("bash", "-e", "-c", commands, cwd=folder, env=given)
            self.assertEqual(answer.returncode, 0, answer.stderr)
            made = yaml.safe_load(values.read_text())
        (plain,) = documents("deploy/chart/values.yaml")
        plain["image"] |= {"repository": given["IMAGE"], "digest": given["DIGEST"]}
        plain["ipam"]["image"]["digest"] = given["IPAM_DIGEST"]  # its name is the agents' with -ipam behind it
        plain["rules"]["runbookUrl"] = "https://hub.example/o/caliwatch/blob/v1.2.3/docs/runbooks"
        self.assertEqual(made, plain)


class ReleaseNotesTest(unittest.TestCase):
    def notes(self, changelog, version, chart="1.2.3"):
        with tempfile.TemporaryDirectory() as folder:
            for path, text in (
                ("CHANGELOG.md", changelog), ("CMakeLists.txt", "project(caliwatch VERSION 1.2.3 LANGUAGES CXX)\n"),
                ("deploy/chart/Chart.yaml", f"version: {chart}\nappVersion: 1.2.3\n"),
            ):  # fmt: skip
                Path(folder, path).parent.mkdir(parents=True, exist_ok=True)
                Path(folder, path).write_text(text)
            Path(folder, ".ci").mkdir()
            shutil.copy(ROOT / ".ci/release-notes", Path(folder, ".ci"))
            return run(f"{folder}/.ci/release-notes", version)

    def test_they_are_the_versions_own_section(self):
        versions = ("[Unreleased]\n- more", "[1.2.3] - 2026-11-28\n### Added\n- this", "[1.2.2]\n- that")
        changelog = "\n".join(["# Changelog\n", *(f"## {version}\n" for version in versions)])
        answer = self.notes(changelog, "1.2.3")
        self.assertEqual((answer.returncode, answer.stdout), (0, "### Added\n- this\n"), answer.stderr)

    def test_without_a_section_or_with_another_version_somewhere_there_is_no_release(self):
        for arguments, why in (
            (("## [1.2.30]\n- x\n", "1.2.3"), "no section on 1.2.3"),
            (("## [1.2.4]\n- x\n", "1.2.4"), "CMakeLists.txt"),
            (("## [1.2.3]\n- x\n", "1.2.3", "1.2.2"), "Chart.yaml"),
        ):  # fmt: skip
            answer = self.notes(*arguments)
            self.assertEqual((answer.returncode, answer.stdout), (1, ""))
            self.assertIn(why, answer.stderr)


if __name__ == "__main__":
    run_tests(lab=False)
