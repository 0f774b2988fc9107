"""`songjiao admin create`, in a house without the demo."""

import codecs
import os
import pty
import subprocess
import sys
from pathlib import Path

import psycopg

from tests.house import ROOT


def create(*options: str, password: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "songjiao", "admin", "create", *options]
    return subprocess.run(command, cwd=ROOT, input=password, capture_output=True, text=True, timeout=60)


def test_the_first_administrator_is_made_at_the_machine(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("a long password\n")
    made = create("first", "--name=韦国强", f"--password-file={file}")
    assert made.returncode == 0, made.stderr
    with psycopg.connect(environment["SONGJIAO_DATABASE_URL"]) as connection:
        query = """SELECT o.name_zh, r.role, p.password FROM roles r
            JOIN people p ON p.id = r.person_id JOIN organisations o ON o.id = r.organisation_id"""
        [(place, role, password)] = connection.execute(query).fetchall()
    assert (place, role, password[:9]) == ("贵州省", "admin", "$argon2id")

    again = create("first", "--name=韦国强", f"--password-file={file}")
    assert (again.returncode, again.stderr.strip()) == (1, "songjiao: The user name is taken; choose another.")
    file.write_text("short")
    weak = create("second", "--name=韦国强", f"--password-file={file}")
    assert weak.returncode == 1
    assert "at least 10 characters" in weak.stderr
    assert "short" not in weak.stderr
    nowhere = create("second", "--name=韦国强", "--place=火星", f"--password-file={file}")
    assert "there is no place called 火星" in nowhere.stderr


def test_name_and_password_are_asked_for_where_they_are_not_given(environment: dict[str, str]) -> None:
    """On a terminal, as a person at the machine sits there; the password is typed twice and never shown."""
    ours, theirs = pty.openpty()
    whole = codecs.getincrementaldecoder("utf-8")()

    def read() -> str:
        return whole.decode(os.read(ours, 4096))

    command = [sys.executable, "-m", "songjiao", "admin", "create", "first"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as made:
        os.close(theirs)
        shown = ""
        for answer in ("韦国强", "a long password", "a long password"):
            while not shown.endswith(": "):  # what is typed sooner is thrown away
                shown += read()
            shown += "\n"
            os.write(ours, f"{answer}\n".encode())
        while "may sign in now" not in shown:
            shown += read()
        assert made.wait(30) == 0  # it may still have something to say
        os.close(ours)
    assert "a long password" not in shown
    with psycopg.connect(environment["SONGJIAO_DATABASE_URL"]) as connection:
        assert connection.execute("SELECT name FROM people").fetchall() == [("韦国强",)]
