"""Users, in memory for reading and in a JSON file for keeping."""

import json
import os
import tempfile
import threading
from pathlib import Path

from google.protobuf import json_format
from user_manager_pb2 import User

# Whoever can reach the server can add users. These keep the file below 200 KiB, and it is written anew for each user.
MAX_USERS = 256
MAX_TEXT_LENGTH = 100

FIRST_USERS = (
    User(id=1, nickname="ada", mail_address="ada@example.com", user_type=User.ADMINISTRATOR),
    User(id=2, nickname="brian", mail_address="brian@example.com", user_type=User.NORMAL),
    User(id=3, nickname="grace", mail_address="grace@example.com", user_type=User.NORMAL),
    User(id=4, nickname="visitor", user_type=User.GUEST),
)


class NotAdded(Exception):
    """The user was not added; the text says why."""


class UserStore:
    """Safe to use from several threads. Users are never changed once they are in."""

    def __init__(self, file: Path) -> None:
        """Begins with the same few users at each start, whatever the file held."""
        self._file = file
        self._lock = threading.Lock()
        self._users = {user.id: user for user in FIRST_USERS}
        self._write(self._users)

    def get(self, user_id: int) -> User | None:
        return self._users.get(user_id)

    def of_type(self, user_type: int) -> list[User]:
        with self._lock:
            users = list(self._users.values())
        return sorted((user for user in users if user.user_type == user_type), key=lambda user: user.id)

    def add(self, user: User) -> None:
        """Raises NotAdded, or OSError when the file cannot be written; nothing is added then."""
        if max(len(user.nickname), len(user.mail_address)) > MAX_TEXT_LENGTH:
            raise NotAdded(f"nickname and mail_address have at most {MAX_TEXT_LENGTH} characters")
        kept = User()
        kept.CopyFrom(user)
        # They have no limit of their own.
        kept.DiscardUnknownFields()
        with self._lock:
            if user.id in self._users:
                raise NotAdded(f"there is a user with the id {user.id} already")
            if len(self._users) >= MAX_USERS:
                raise NotAdded(f"there are {MAX_USERS} users, and that is all there is room for")
            users = {**self._users, kept.id: kept}
            self._write(users)
            self._users = users

    def _write(self, users: dict[int, User]) -> None:
        """A reader of the file finds it as it was before or as it is afterwards, never half written."""
        text = json.dumps([json_format.MessageToDict(user) for user in users.values()], indent=2)
        descriptor, name = tempfile.mkstemp(prefix=f"{self._file.name}.", dir=self._file.parent)
        try:
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(name, self._file)
        except BaseException:
            os.unlink(name)
            raise
