"""The whole way of a secret vote in a real browser, under the policy that every page has; and RFC 9474 in it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from django.db import connection
from playwright.sync_api import expect

from assemblies.models import Decision, Entry
from tests.cast import travel_to
from tests.secret.test_blind import SETS, VECTORS, key_of_the_standard
from tests.secret.voter import cast, electors, hall, opened, secret_question, take, to_the_urn

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "bread and an oven"


@pytest.fixture
def decision(transactional_db) -> Decision:
    """A secret vote whose papers can be taken; Eva has no paper yet, eight others have."""
    decision = opened(secret_question(hall(10)))
    decision.eva = electors(decision, 1)[0]
    decision.eva.set_password(PASSWORD)
    decision.eva.save(update_fields=["password"])
    decision.others = take(decision, *electors(decision, 9)[1:])
    return decision


def sent_to(context, address: str) -> list:
    """What the browser sends there, as it goes out."""
    seen: list = []
    context.on("request", lambda request: seen.append(request) if address in request.url else None)
    return seen


def test_take_a_paper_close_the_tab_come_back_cast_and_find_it_on_the_board(
    decision, context, page, sign_in, live_server, tmp_path
):
    sign_in(decision.eva)
    page.goto(f"/decisions/{decision.pk}/")
    page.get_by_role("button", name="Take my paper").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()

    # A paper, kept here and saved as a file.
    expect(page.get_by_text("A lost paper is a lost vote.")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Take my paper").click()
    file = tmp_path / "paper.json"
    saved.value.save_as(file)
    expect(page.get_by_text("You have your paper.")).to_be_visible()
    expect(page.get_by_role("heading", name="Your paper lies in this browser")).to_be_visible()
    paper = json.loads(file.read_text())
    assert paper["decision"] == decision.pk
    assert decision.marks.filter(citizen=decision.eva, channel="sealed").exists()
    page.reload()
    expect(page.get_by_role("heading", name="Your paper lies in this browser")).to_be_visible()
    page.close()

    # The urn, in another tab and signed out: the paper is enough.
    context.clear_cookies()
    to_the_urn(decision)
    seen = sent_to(context, f"/urn/{decision.pk}/")
    tab = context.new_page()
    tab.goto(f"/decisions/{decision.pk}/urn/")
    tab.get_by_label("Against").check()
    tab.get_by_role("button", name="Look it over").click()
    expect(tab.locator("[data-chosen]")).to_have_text("Against")
    tab.get_by_role("button", name="Cast it").click()
    expect(tab.get_by_role("heading", name="You have voted")).to_be_visible()
    expect(tab.get_by_text("Your ballot is in the urn.")).to_be_visible()
    (request,) = [one for one in seen if one.method == "POST"]
    headers = request.all_headers()
    assert "cookie" not in headers
    assert "referer" not in headers
    with tab.expect_download() as saved:
        tab.get_by_role("button", name="Save the receipt as a file").click()
    receipt = tmp_path / "receipt.txt"
    saved.value.save_as(receipt)
    for other, choice in zip(decision.others, ["yes"] * 6 + ["no", "abstain"], strict=True):
        cast(Decision.objects.get(pk=decision.pk), other, choice)

    # The board, and the programs that check it.
    travel_to(decision.closes_at)
    Decision.objects.get(pk=decision.pk).close()
    tab.goto(f"/decisions/{decision.pk}/")
    expect(tab.get_by_text("Carried: 6 in favour and 2 against")).to_be_visible()
    tab.get_by_role("link", name="The board: check your ballot, count again").click()
    tab.get_by_role("button", name="Look for my ballot").click()
    expect(tab.get_by_text("Your ballot is on the board, as you cast it.")).to_be_visible()
    files = {}
    for name in (f"board-{decision.pk}.json", "verify_urn.py"):
        with tab.expect_download() as saved:
            tab.get_by_role("link", name=name).click()
        saved.value.save_as(files.setdefault(name, tmp_path / name))
    words = [sys.executable, "-I", tmp_path / "verify_urn.py", tmp_path / f"board-{decision.pk}.json"]
    checked = subprocess.run([*words, "--receipt", receipt], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "9 sealed ballots, 9 papers, 10 on the roll" in checked.stdout
    assert "Counted again: 6 in favour, 2 against, 1 abstaining." in checked.stdout
    assert "The ballot of the receipt is on the board." in checked.stdout


def test_a_paper_is_brought_to_another_browser_as_a_file_and_a_foreign_one_is_not(
    decision, browser, live_server, tmp_path
):
    """And a line that breaks before the receipt comes costs nothing."""
    from cryptography.hazmat.primitives import serialization

    from assemblies.envelope import packed
    from assemblies.record.checkpoint import encoded

    paper = decision.others[0]
    numbers = paper.key.private_numbers()
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "d": packed(numbers.private_value.to_bytes(32, "big")),
        "x": packed(numbers.public_numbers.x.to_bytes(32, "big")),
        "y": packed(numbers.public_numbers.y.to_bytes(32, "big")),
    }
    assert serialization
    file = tmp_path / "paper.json"
    held = {
        "decision": decision.pk,
        "issuer": encoded(paper.issuer),
        "token": packed(paper.token),
        "signature": packed(paper.signature),
        "key": jwk,
    }
    to_the_urn(decision)
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.goto(f"/decisions/{decision.pk}/urn/")
    file.write_text(json.dumps(held | {"signature": packed(bytes(384))}))
    page.get_by_label("Your paper").set_input_files(file)
    expect(page.get_by_text("This file is no paper of this vote.")).to_be_visible()
    file.write_text(json.dumps(held))
    page.get_by_label("Your paper").set_input_files(file)
    page.get_by_label("In favour").check()
    page.get_by_role("button", name="Look it over").click()

    def lost(route):
        route.fetch()  # it arrives, and the answer does not
        route.abort()

    page.route("**/urn/*/", lost)
    page.get_by_role("button", name="Cast it").click()
    expect(page.get_by_text("That did not work, and nothing is lost")).to_be_visible()
    page.unroute("**/urn/*/")
    page.reload()
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_role("heading", name="You have voted")).to_be_visible()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute("SELECT count(*) FROM urn.ballot WHERE decision = %s", [decision.pk])
        assert cursor.fetchone() == (1,)
        cursor.execute("RESET ROLE")
    context.close()


def test_without_javascript_the_page_says_so_and_offers_the_urn_of_the_tellers(decision, browser, live_server):
    to_the_urn(decision)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/decisions/{decision.pk}/urn/")
    expect(page.get_by_text("This one page needs JavaScript")).to_be_visible()
    expect(page.get_by_text("vote in the urn that the tellers keep").first).to_be_visible()
    expect(page.get_by_role("button", name="Cast it")).to_have_count(0)
    context.close()


@pytest.mark.parametrize("vector", SETS, ids=[one["name"] for one in SETS])
def test_the_numbers_of_the_standard_in_the_program_that_is_announced(vector, page, decision):
    """RFC 9474 with the randomness of its appendix: the same blinded message, and the same signature in the end."""
    key = key_of_the_standard()
    announced = json.loads(bytes(Entry.objects.about(decision).get(kind="decision.opened").body))["bundle_sha256"]
    to_the_urn(decision)
    page.goto(f"/decisions/{decision.pk}/urn/")
    veil = pow(int(VECTORS["inverse"], 16), -1, int(key.n))
    found = page.evaluate(
        """async ({ address, spki, prefix, message, salt, veil, answer, inverse, randomized }) => {
            const hex = text => Uint8Array.from(text.match(/../g) ?? [], byte => parseInt(byte, 16));
            const words = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
            const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
            const urn = await import(address);
            const key = await crypto.subtle.importKey(
                "spki", hex(spki), { name: "RSA-PSS", hash: "SHA-384" }, true, ["verify"]);
            const drawn = randomized ? [hex(prefix), hex(salt), hex(veil)] : [hex(salt), hex(veil)];
            const really = crypto.getRandomValues;
            crypto.getRandomValues = array => { array.set(drawn.shift()); return array; };
            const prepared = randomized ? urn.suite.prepare(hex(message)) : hex(message);
            const { blindedMsg, inv } = await urn.suite.blind(key, prepared);
            crypto.getRandomValues = really;
            const signature = await urn.suite.finalize(key, prepared, hex(answer), hex(inverse));
            return {
                blinded: words(blindedMsg), inverse: words(inv), signature: words(signature),
                digest: await urn.sha256(bytes),
            };
        }""",
        {
            "address": page.locator("script[type=module]").get_attribute("src"),
            "spki": key.public_bytes().hex(),
            "prefix": vector["prefix"],
            "message": VECTORS["message"],
            "salt": VECTORS["salt"],
            "veil": f"{veil:01024x}",
            "answer": vector["blind_signature"],
            "inverse": VECTORS["inverse"],
            "randomized": bool(vector["prefix"]),
        },
    )
    assert found == {
        "blinded": vector["blinded"],
        "inverse": VECTORS["inverse"],
        "signature": vector["signature"],
        "digest": announced,
    }
