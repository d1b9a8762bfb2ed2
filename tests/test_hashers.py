from confederation.hashers import Argon2


def test_a_password_is_hashed_at_the_cost_that_was_chosen():
    hashed = Argon2().encode("a sentence as a password", Argon2().salt())
    assert hashed.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert Argon2().verify("a sentence as a password", hashed)
    assert not Argon2().verify("another sentence", hashed)
    assert not Argon2().must_update(hashed)
