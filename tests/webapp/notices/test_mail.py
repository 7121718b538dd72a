"""Letters reach a real mailbox once, wait for a server that is away, and are not sent to those who want none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from tests.support import papers
from tests.support.post import Mailbox, mail_server
from tests.support.ward import Ward, open_ward, people_of_every_role
from tests.support.web import client_for, tight
from webapp.core.settings import Settings, SettingsError
from webapp.duties import service as duties
from webapp.jobs import mail
from webapp.jobs.outbox import MAX_ATTEMPTS
from webapp.jobs.worker import Worker
from webapp.models import JobKind, MailChoice, Notice, OutboxJob, Person, RoleGrant
from webapp.notices import service
from webapp.people.service import revoke_grant
from webapp.permissions import SYSTEM

HERE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def posting(tmp_path: Path, sqlite_template: Path, mailbox: Mailbox) -> Iterator[Ward]:
    """A ward with a mail server; clerk.a and head.a have addresses."""
    import shutil

    data = tmp_path / "posting"
    data.mkdir()
    shutil.copyfile(sqlite_template, data / "kho.sqlite3")
    ward = open_ward(
        data,
        f"sqlite:///{data / 'kho.sqlite3'}",
        KHO_SMTP=mailbox.url,
        KHO_MAIL_FROM="kho@phuong.vn",
        KHO_PUBLIC_URL="http://kho.phuong.vn",
    )
    people_of_every_role(ward)
    with ward.work() as session:
        for name in ("clerk.a", "head.a"):
            session.get_one(Person, ward.people[name]).email = f"{name}@phuong.vn"
    papers.make_duties(ward)
    yield ward
    ward.resources.close()


def remind(ward: Ward, day: str = "2026-11-20T08:00:00") -> None:
    ward.now = datetime.fromisoformat(day).replace(tzinfo=HERE)
    with ward.work() as session:
        duties.remind_of_deadlines(session, now=ward.now, timezone=HERE)


def addressees(mailbox: Mailbox) -> list[str]:
    return [letter["To"].addresses[0].addr_spec for letter in mailbox.letters]


def to_mail(ward: Ward) -> list[OutboxJob]:
    with ward.db.reading() as session:
        return list(session.scalars(select(OutboxJob).where(OutboxJob.kind == JobKind.MAIL)))


def test_a_reminder_arrives_once(posting: Ward, mailbox: Mailbox) -> None:
    remind(posting)
    posting.drain()
    assert sorted(addressees(mailbox)) == [
        "clerk.a@phuong.vn",
        "head.a@phuong.vn",
    ]
    letter = mailbox.letters[0]
    body = letter.get_content()
    assert "Báo cáo năm 2026: còn 14 ngày, chậm nhất hết ngày 04/12/2026" in body
    assert "http://kho.phuong.vn/papers?year=2026" in body and "kho@phuong.vn" in str(letter["From"])
    remind(posting)
    posting.drain()
    assert len(mailbox.letters) == 2 and not to_mail(posting)


def test_what_came_together_is_one_letter(posting: Ward, mailbox: Mailbox) -> None:
    with posting.work() as session:
        for number in range(3):
            service.tell(
                session,
                now=posting.now,
                timezone=HERE,
                people=[posting.people["clerk.a"]],
                key=f"k{number}",
                text=f"việc {number}",
                link="/",
            )
    posting.drain()
    (letter,) = mailbox.letters
    assert letter["Subject"] == "Kho Thi đua: 3 thông báo"
    assert all(f"việc {number}" in letter.get_content() for number in range(3))


def test_what_is_told_while_a_letter_goes_out_is_sent_too(posting: Ward, mailbox: Mailbox) -> None:
    def also(text: str) -> None:
        with posting.work() as session:
            service.tell(
                session,
                now=posting.now,
                timezone=HERE,
                people=[posting.people["clerk.a"]],
                key=text,
                text=text,
                link="/",
            )

    also("việc một")
    # It comes while the mail server is taking the first letter.
    mailbox.meanwhile = lambda: also("việc hai") if len(mailbox.letters) == 1 else None
    posting.drain()
    assert [letter["Subject"] for letter in mailbox.letters] == ["việc một", "việc hai"] and not to_mail(posting)


def test_a_server_that_is_away_is_waited_for(posting: Ward, mailbox: Mailbox) -> None:
    mailbox.refuse = "451 try later"
    remind(posting)
    posting.drain()
    left = to_mail(posting)
    assert len(left) == 2 and all(job.attempts == 0 and job.due_at > posting.now for job in left)
    mailbox.refuse = ""
    with posting.work() as session:
        session.execute(update(OutboxJob).values(due_at=posting.now))
    posting.drain()
    assert len(mailbox.letters) == 2 and not to_mail(posting)


def test_an_address_that_is_refused_for_good_is_given_up_at_last(posting: Ward, mailbox: Mailbox) -> None:
    mailbox.refuse = "550 no such user"
    remind(posting)
    Worker(posting.resources).drain()
    assert all(job.attempts == 1 and "550" in job.last_error for job in to_mail(posting))


def test_no_server_at_all_keeps_the_letter_in_the_program(tmp_path: Path, ward: Ward) -> None:
    papers.make_duties(ward)
    with ward.work() as session:
        session.get_one(Person, ward.people["clerk.a"]).email = "a@phuong.vn"
    remind(ward)
    ward.drain()
    assert not to_mail(ward)
    page = client_for(ward).sign_in("clerk.a").get("/notices").text
    assert "còn 14 ngày" in page


@pytest.mark.parametrize("choice", list(MailChoice))
def test_each_person_chooses(posting: Ward, mailbox: Mailbox, choice: MailChoice) -> None:
    client = client_for(posting).sign_in("clerk.a")
    client.get("/notices/settings")
    assert client.post("/notices/settings", {"mail": choice.value}).status_code == 303
    assert client.post("/notices/settings", {"mail": "pigeon"}).status_code == 422
    remind(posting)
    with posting.db.reading() as session:
        jobs = session.scalars(select(OutboxJob).where(OutboxJob.subject == posting.people["clerk.a"])).all()
        assert session.scalars(select(Notice).where(Notice.person_id == posting.people["clerk.a"])).all()
    if choice is MailChoice.NONE:
        assert not jobs
    elif choice is MailChoice.EACH:
        assert {job.due_at for job in jobs} == {posting.now}
    else:
        assert {job.due_at.astimezone(HERE).isoformat() for job in jobs} == {"2026-11-21T07:00:00+07:00"}


def test_what_was_read_in_the_program_is_not_sent_any_more(posting: Ward, mailbox: Mailbox) -> None:
    client = client_for(posting).sign_in("clerk.a")
    remind(posting)
    page = client.get("/notices").text
    assert client.post("/notices/read", {"until": "hôm qua"}).status_code == 422
    with posting.work() as session:
        later = posting.now + timedelta(minutes=1)
        people = [posting.people["clerk.a"]]
        service.tell(session, now=later, timezone=HERE, people=people, key="x", text="đến sau", link="/")
    until = page.split('name="until" value="')[1].split('"')[0]
    assert client.post("/notices/read", {"until": until}).status_code == 303
    assert tight(client.get("/notices").text).count("Mới</span>") == 1
    client.post("/notices/read", {"until": later.isoformat()})
    assert "Mới</span>" not in tight(client.get("/notices").text)
    posting.drain()
    assert addressees(mailbox) == ["head.a@phuong.vn"]


def test_a_role_that_ended_gets_no_letters(posting: Ward, mailbox: Mailbox) -> None:
    """Told while a clerk, not sent after the role ended; what concerns a later role is."""
    with posting.work() as session:
        service.choose_mail(session, actor=posting.viewer("clerk.a"), now=posting.now, mail=MailChoice.DAILY)
    remind(posting)
    with posting.db.reading() as session:
        grants = session.scalars(select(RoleGrant).where(RoleGrant.person_id == posting.people["clerk.a"])).all()
    for grant in grants:
        with posting.work() as session:
            revoke_grant(session, actor=SYSTEM, now=posting.now, grant_id=grant.id)
    with posting.work() as session:
        session.execute(update(OutboxJob).values(due_at=posting.now))
    posting.drain()
    assert addressees(mailbox) == ["head.a@phuong.vn"] and not to_mail(posting)


def test_an_address_that_was_refused_does_not_silence_a_person(posting: Ward, mailbox: Mailbox) -> None:
    mailbox.refuse = "552 mailbox full"
    remind(posting)
    with posting.work() as session:
        session.execute(update(OutboxJob).values(attempts=MAX_ATTEMPTS))
    mailbox.refuse = ""
    with posting.work() as session:
        service.tell(
            session,
            now=posting.now,
            timezone=HERE,
            people=[posting.people["clerk.a"]],
            key="sau đó",
            text="việc sau đó",
            link="/",
        )
    posting.drain()
    assert addressees(mailbox) == ["clerk.a@phuong.vn"] and "việc sau đó" in mailbox.letters[0].get_content()


def test_the_next_morning() -> None:
    def morning(text: str) -> str:
        return service.next_morning(datetime.fromisoformat(text), HERE).isoformat()

    assert morning("2026-11-22T06:59:59+07:00") == "2026-11-22T07:00:00+07:00"
    assert morning("2026-11-22T07:00:00+07:00") == "2026-11-23T07:00:00+07:00"
    assert morning("2026-12-31T20:00:00+00:00") == "2027-01-01T07:00:00+07:00"


@pytest.mark.parametrize("value", ["http://x", "smtp://", "mail.phuong.vn", "smtp://a b"])
def test_a_mail_server_that_cannot_be_read_is_refused(value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as fault:
        Settings.from_environment({"KHO_DATA": str(tmp_path), "KHO_SMTP": value})
    assert "KHO_SMTP" in str(fault.value)


def test_the_parts_of_a_mail_servers_address() -> None:
    found = mail.MailServer.from_url("smtps://k%C3%A9:m%40t@mail.phuong.vn")
    assert (found.user, found.password, found.port, found.encrypted) == ("ké", "m@t", 465, True)
    assert mail.MailServer.from_url("smtp://mail:2525").port == 2525
    assert timedelta(0) < mail.WAIT
