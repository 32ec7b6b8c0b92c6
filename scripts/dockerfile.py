"""Reads the parts of a Dockerfile that deploy/Dockerfile uses: instructions with their continuation lines, and stages."""

import fnmatch
import json
import pathlib
import shlex
import shutil

KNOWN = {"FROM", "RUN", "WORKDIR", "COPY", "ARG", "USER", "EXPOSE", "ENTRYPOINT", "CMD", "ENV"}


class DockerfileError(Exception):
    """An instruction or option that this reader does not know."""


def instructions(text):
    """Every instruction as (name, rest), continuation lines joined."""
    found, open_line = [], ""
    for line in text.splitlines():
        if line.lstrip().startswith("#") or not line.strip():
            continue
        open_line += line.strip()
        if open_line.endswith("\\"):
            open_line = open_line[:-1]
            continue
        name, _, rest = open_line.partition(" ")
        if name.upper() not in KNOWN:
            raise DockerfileError(f"unknown instruction: {open_line}")
        found.append((name.upper(), rest.strip()))
        open_line = ""
    if open_line:
        raise DockerfileError(f"ends within an instruction: {open_line}")
    return found


def stages(text):
    """The stages, each with its base image, its name, and its instructions."""
    found = []
    for name, rest in instructions(text):
        if name == "FROM":
            words = rest.split()
            alias = words[2] if len(words) == 3 and words[1].upper() == "AS" else None
            found.append({"base": words[0], "name": alias, "steps": []})
        elif not found:
            raise DockerfileError(f"{name} before FROM")
        else:
            found[-1]["steps"].append((name, rest))
    return found


def copy_words(rest):
    """A COPY's sources, its destination, and the stage that it copies from, if any."""
    words = json.loads(rest) if rest.startswith("[") else shlex.split(rest)
    stage = None
    while words and words[0].startswith("--"):
        option = words.pop(0)
        if not option.startswith("--from="):
            raise DockerfileError(f"COPY {option} is not known here")
        stage = option.removeprefix("--from=")
    return words[:-1], words[-1], stage


def ignored(path, patterns):
    """Whether .dockerignore keeps a path out of the build context; the last matching pattern decides."""
    result = False
    for pattern in patterns:
        keeps = pattern.startswith("!")
        pattern = pattern.lstrip("!").strip("/")
        parts = path.split("/")
        heads = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        fits = any(
            fnmatch.fnmatchcase(head, pattern) or pattern.startswith("**/") and fnmatch.fnmatchcase(
                head.rsplit("/", 1)[-1], pattern[3:]) for head in heads)
        if fits:
            result = not keeps
    return result


def ignore_patterns(text):
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def lay_out(stage, root, context, patterns):
    """Copies the files of a stage's COPY lines from the folder `root`; returns the named files that are missing."""
    missing = []
    for name, rest in stage["steps"]:
        if name == "COPY" and copy_words(rest)[2] is None:
            missing += copy(rest, root, context, patterns)
    return missing


def copy(rest, root, base, patterns=()):
    """Does one COPY; returns the named files that are missing."""
    sources, destination, _ = copy_words(rest)
    missing = []
    for source in sources:
        path = root / source.lstrip("/")
        if not path.exists() or ignored(source, patterns):
            missing.append(f"COPY {source}: there is no such file to copy")
            continue
        target = base / destination.lstrip("/")
        if path.is_dir():
            shutil.copytree(path, target, dirs_exist_ok=True, symlinks=True, ignore=lambda folder, names: [
                name for name in names if ignored(str((pathlib.Path(folder) / name).relative_to(root)), patterns)])
        else:
            target = target / path.name if destination.endswith("/") or len(sources) > 1 else target
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
    return missing
