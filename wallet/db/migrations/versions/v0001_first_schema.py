"""
The first schema.
"""

from alembic import op
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)

from wallet.db.schema import (
    BigInt,
    Blob,
    Flag,
    Text,
    UtcInstant,
    create_resident_table,
    create_table,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_table(
        "barcodes",
        Column("digest", Blob, nullable=False),
        Column("resident_id", BigInt, nullable=False),
        Column("expires_at", UtcInstant, nullable=False),
        Column("used_at", UtcInstant, nullable=True),
        Column("party_id", BigInt, nullable=True),
        Column("terminal_id", BigInt, nullable=True),
        PrimaryKeyConstraint("digest"),
        CheckConstraint("(used_at is null) = (terminal_id is null)", name="used"),
    )
    op.create_index("ix_barcodes_expires_at", "barcodes", ["expires_at"])
    create_resident_table(
        "bindings",
        Column("resident_id", BigInt, nullable=False),
        Column("binding_id", BigInt, nullable=False),
        Column("context", Text, nullable=False),
        Column("integration_id", Text, nullable=False),
        Column("subject", Blob, nullable=False),
        Column("label", Blob, nullable=False),
        Column("status", Text, nullable=False),
        Column("is_default", Flag, nullable=False),
        Column("version", BigInt, nullable=False),
        Column("snapshot", Blob, nullable=True),
        Column("validated_at", UtcInstant, nullable=True),
        Column("created_at", UtcInstant, nullable=False),
        Column("ended_at", UtcInstant, nullable=True),
        PrimaryKeyConstraint("resident_id", "binding_id"),
        CheckConstraint("status in ('live','ended')", name="status"),
    )
    op.create_index(
        "uq_bindings_default",
        "bindings",
        ["resident_id", "context"],
        unique=True,
        postgresql_where=text("is_default = 1 and status = 'live'"),
        sqlite_where=text("is_default = 1 and status = 'live'"),
    )
    op.create_index(
        "uq_bindings_live",
        "bindings",
        ["resident_id", "integration_id"],
        unique=True,
        postgresql_where=text("status = 'live'"),
        sqlite_where=text("status = 'live'"),
    )
    create_resident_table(
        "calls",
        Column("resident_id", BigInt, nullable=False),
        Column("call_id", BigInt, nullable=False),
        Column("subject_kind", Text, nullable=False),
        Column("subject_id", BigInt, nullable=False),
        Column("party_id", BigInt, nullable=False),
        Column("integration_id", Text, nullable=False),
        Column("operation", Text, nullable=False),
        Column("reference", Text, nullable=False),
        Column("payload", Blob, nullable=False),
        Column("state", Text, nullable=False),
        Column("outcome", Text, nullable=False),
        Column("code", Text, nullable=False),
        Column("partner_code", Text, nullable=False),
        Column("attempts", BigInt, nullable=False),
        Column("queries", BigInt, nullable=False),
        Column("prepared_at", UtcInstant, nullable=False),
        Column("sent_at", UtcInstant, nullable=True),
        Column("doubtful_at", UtcInstant, nullable=True),
        Column("exhausted_at", UtcInstant, nullable=True),
        Column("closed_at", UtcInstant, nullable=True),
        PrimaryKeyConstraint("resident_id", "call_id"),
        CheckConstraint("attempts >= 0 and queries >= 0", name="counts"),
        CheckConstraint(
            "outcome in ('','succeeded','declined','pending','not_sent','unknown','happened','did_not_happen')",
            name="outcome",
        ),
        CheckConstraint("state in ('prepared','sent','closed')", name="state"),
        CheckConstraint(
            "subject_kind in ('visit','settlement','tender','refund')", name="subject_kind"
        ),
    )
    op.create_index("ix_calls_subject", "calls", ["resident_id", "subject_kind", "subject_id"])
    op.create_index(
        "uq_calls_once",
        "calls",
        ["resident_id", "subject_kind", "subject_id", "operation"],
        unique=True,
        postgresql_where=text(
            "operation in ('settle','charge')"
            " and (state = 'sent' or outcome in ('succeeded','happened'))"
        ),
        sqlite_where=text(
            "operation in ('settle','charge')"
            " and (state = 'sent' or outcome in ('succeeded','happened'))"
        ),
    )
    create_resident_table(
        "consents",
        Column("resident_id", BigInt, nullable=False),
        Column("consent_id", BigInt, nullable=False),
        Column("context", Text, nullable=False),
        Column("purpose", Text, nullable=False),
        Column("party_id", BigInt, nullable=False),
        Column("basis", Text, nullable=False),
        Column("notice_version", Text, nullable=False),
        Column("granted_at", UtcInstant, nullable=False),
        Column("withdrawn_at", UtcInstant, nullable=True),
        PrimaryKeyConstraint("resident_id", "consent_id"),
        CheckConstraint("basis in ('contract','law','separate_consent')", name="basis"),
        CheckConstraint(
            "purpose in ('identification','registration','settlement','payment')", name="purpose"
        ),
    )
    op.create_index(
        "uq_consents_standing",
        "consents",
        ["resident_id", "context", "purpose", "party_id"],
        unique=True,
        postgresql_where=text("withdrawn_at is null"),
        sqlite_where=text("withdrawn_at is null"),
    )
    create_resident_table(
        "devices",
        Column("resident_id", BigInt, nullable=False),
        Column("device_no", BigInt, nullable=False),
        Column("kind", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("enrolment_nonce", Blob, nullable=False),
        Column("public_key", Blob, nullable=True),
        Column("suite", Text, nullable=True),
        Column("name", Blob, nullable=True),
        Column("drift", BigInt, nullable=False),
        Column("high_water", BigInt, nullable=False),
        Column("drawn", BigInt, nullable=False),
        Column("alarmed_at", UtcInstant, nullable=True),
        Column("approves_from", UtcInstant, nullable=True),
        Column("created_at", UtcInstant, nullable=False),
        Column("last_seen_at", UtcInstant, nullable=True),
        Column("revoked_at", UtcInstant, nullable=True),
        PrimaryKeyConstraint("resident_id", "device_no"),
        CheckConstraint("high_water >= -1 and drawn >= -1", name="counters"),
        CheckConstraint("device_no between 0 and 65535", name="device_no"),
        CheckConstraint("drift in (-1, 0, 1)", name="drift"),
        CheckConstraint("length(enrolment_nonce) = 4", name="enrolment_nonce"),
        CheckConstraint("(public_key is null) = (suite is null)", name="key"),
        CheckConstraint("kind in ('app', 'web', 'server', 'sheet')", name="kind"),
        CheckConstraint("length(public_key) = 65", name="public_key"),
        CheckConstraint("status in ('active', 'frozen', 'revoked')", name="status"),
        CheckConstraint("suite in ('international', 'national')", name="suite"),
    )
    create_table(
        "guess_budgets",
        Column("subject", Text, nullable=False),
        Column("window_seconds", BigInt, nullable=False),
        Column("window_no", BigInt, nullable=False),
        Column("most", BigInt, nullable=False),
        Column("spent", BigInt, nullable=False),
        Column("ends_at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("subject", "window_seconds", "window_no"),
        CheckConstraint("spent between 0 and most", name="spent"),
    )
    op.create_index("ix_guess_budgets_ends_at", "guess_budgets", ["ends_at"])
    create_table(
        "idempotency",
        Column("party_id", BigInt, nullable=False),
        Column("route", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("terminal_id", BigInt, nullable=False),
        Column("fingerprint", Blob, nullable=False),
        Column("target_resident_id", BigInt, nullable=False),
        Column("target_id", BigInt, nullable=False),
        Column("response", Blob, nullable=True),
        Column("response_until", UtcInstant, nullable=True),
        Column("created_at", UtcInstant, nullable=False),
        Column("expires_at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("party_id", "route", "key"),
    )
    op.create_index("ix_idempotency_expires_at", "idempotency", ["expires_at"])
    op.create_index(
        "ix_idempotency_response_until",
        "idempotency",
        ["response_until"],
        postgresql_where=text("response_until is not null"),
        sqlite_where=text("response_until is not null"),
    )
    create_table(
        "identifier_index",
        Column("blind_index", Blob, nullable=False),
        Column("resident_id", BigInt, nullable=False),
        Column("kind", Text, nullable=False),
        PrimaryKeyConstraint("blind_index"),
    )
    create_resident_table(
        "journal",
        Column("resident_id", BigInt, nullable=False),
        Column("entry_id", BigInt, nullable=False),
        Column("kind", Text, nullable=False),
        Column("party_id", BigInt, nullable=True),
        Column("terminal_id", BigInt, nullable=True),
        Column("presentation_id", BigInt, nullable=True),
        Column("subject_id", BigInt, nullable=True),
        Column("detail", Blob, nullable=False),
        Column("at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("resident_id", "entry_id"),
        CheckConstraint("(terminal_id is null) or party_id > 0", name="who"),
    )
    create_table(
        "lanes",
        Column("party_id", BigInt, nullable=False),
        Column("integration_id", Text, nullable=False),
        Column("lane", BigInt, nullable=False),
        PrimaryKeyConstraint("party_id", "integration_id"),
        UniqueConstraint("lane"),
        CheckConstraint("lane between 1 and 524287", name="lane"),
    )
    create_table(
        "operator_lockouts",
        Column("subject", Blob, nullable=False),
        Column("failures", BigInt, nullable=False),
        Column("locked_until", UtcInstant, nullable=False),
        Column("forget_at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("subject"),
        CheckConstraint("failures > 0", name="failures"),
    )
    create_table(
        "operators",
        Column("operator_id", BigInt, nullable=False),
        Column("name", Text, nullable=False),
        Column("display", Text, nullable=False),
        Column("role", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("password_hash", Text, nullable=True),
        Column("totp_secret", Blob, nullable=True),
        Column("last_step", BigInt, nullable=False),
        Column("created_at", UtcInstant, nullable=False),
        Column("enrolled_at", UtcInstant, nullable=True),
        PrimaryKeyConstraint("operator_id"),
        UniqueConstraint("name"),
        CheckConstraint("(password_hash is null) = (totp_secret is null)", name="credentials"),
        CheckConstraint("last_step >= 0", name="last_step"),
        CheckConstraint("role IN ('operator', 'auditor')", name="role"),
        CheckConstraint("status IN ('active', 'disabled')", name="status"),
    )
    create_table(
        "parties",
        Column("party_id", BigInt, nullable=False),
        Column("name", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("settled_by", Text, nullable=False),
        Column("otp_limit_minor", BigInt, nullable=False),
        Column("signed_limit_minor", BigInt, nullable=False),
        Column("cash_due_seconds", BigInt, nullable=False),
        Column("sign_resolve", Flag, nullable=False),
        Column("created_at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("party_id"),
        CheckConstraint("cash_due_seconds > 0", name="cash_due"),
        CheckConstraint("kind IN ('hospital', 'pharmacy', 'office')", name="kind"),
        CheckConstraint("otp_limit_minor >= 0", name="otp_limit"),
        CheckConstraint("settled_by IN ('wallet', 'his')", name="settled_by"),
        CheckConstraint("signed_limit_minor >= otp_limit_minor", name="signed_limit"),
        CheckConstraint("status IN ('active', 'suspended')", name="status"),
    )
    create_resident_table(
        "person_keys",
        Column("resident_id", BigInt, nullable=False),
        Column("keep", Text, nullable=False),
        Column("wrapped", Blob, nullable=True),
        Column("destroyed_at", UtcInstant, nullable=True),
        PrimaryKeyConstraint("resident_id", "keep"),
        CheckConstraint("(wrapped is null) = (destroyed_at is not null)", name="destroyed"),
        CheckConstraint("keep in ('wallet','evidence')", name="keep"),
    )
    create_resident_table(
        "postings",
        Column("resident_id", BigInt, nullable=False),
        Column("posting_id", BigInt, nullable=False),
        Column("kind", Text, nullable=False),
        Column("subject_id", BigInt, nullable=False),
        Column("account", Text, nullable=False),
        Column("amount_minor", BigInt, nullable=False),
        Column("currency", Text, nullable=False),
        Column("reverses", Text, nullable=True),
        Column("at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("resident_id", "posting_id"),
        UniqueConstraint("resident_id", "kind", "subject_id", "account"),
        CheckConstraint("amount_minor <> 0", name="amount"),
        CheckConstraint(
            "kind in ('settled','settlement_undone','charged','tendered','refunded')", name="kind"
        ),
    )
    create_resident_table(
        "presentations",
        Column("resident_id", BigInt, nullable=False),
        Column("presentation_id", BigInt, nullable=False),
        Column("party_id", BigInt, nullable=False),
        Column("terminal_id", BigInt, nullable=False),
        Column("device_no", BigInt, nullable=False),
        Column("method", Text, nullable=False),
        Column("purpose", Text, nullable=False),
        Column("scene", Text, nullable=False),
        Column("created_at", UtcInstant, nullable=False),
        Column("expires_at", UtcInstant, nullable=False),
        Column("released_at", UtcInstant, nullable=True),
        Column("claimed_for", Text, nullable=True),
        Column("claimed_at", UtcInstant, nullable=True),
        PrimaryKeyConstraint("resident_id", "presentation_id"),
        CheckConstraint("claimed_for in ('visit','settlement')", name="claimed_for"),
        CheckConstraint("method in ('otp','signed','barcode','foreign','card')", name="method"),
        CheckConstraint(
            "purpose in ('identification','registration','settlement','payment')", name="purpose"
        ),
    )
    create_resident_table(
        "resident_budgets",
        Column("resident_id", BigInt, nullable=False),
        Column("subject", Text, nullable=False),
        Column("window_seconds", BigInt, nullable=False),
        Column("window_no", BigInt, nullable=False),
        Column("most", BigInt, nullable=False),
        Column("spent", BigInt, nullable=False),
        Column("ends_at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("resident_id", "subject", "window_seconds", "window_no"),
        CheckConstraint("spent between 0 and most", name="spent"),
    )
    create_resident_table(
        "residents",
        Column("resident_id", BigInt, nullable=False),
        Column("person", Blob, nullable=False),
        Column("level", BigInt, nullable=False),
        Column("created_at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("resident_id"),
        CheckConstraint("level between 0 and 4", name="level"),
    )
    create_table(
        "sequences",
        Column("party_id", BigInt, nullable=False),
        Column("integration_id", Text, nullable=False),
        Column("second", BigInt, nullable=False),
        Column("last", BigInt, nullable=False),
        PrimaryKeyConstraint("party_id", "integration_id", "second"),
        CheckConstraint("last between 1 and 4999", name="last"),
    )
    create_resident_table(
        "sessions",
        Column("resident_id", BigInt, nullable=False),
        Column("session_id", BigInt, nullable=False),
        Column("secret_hash", Blob, nullable=False),
        Column("method", Text, nullable=False),
        Column("created_at", UtcInstant, nullable=False),
        Column("expires_at", UtcInstant, nullable=False),
        Column("revoked_at", UtcInstant, nullable=True),
        PrimaryKeyConstraint("resident_id", "session_id"),
        CheckConstraint("method in ('demo','oidc')", name="method"),
    )
    create_resident_table(
        "settlements",
        Column("resident_id", BigInt, nullable=False),
        Column("settlement_id", BigInt, nullable=False),
        Column("visit_id", BigInt, nullable=False),
        Column("party_id", BigInt, nullable=False),
        Column("terminal_id", BigInt, nullable=False),
        Column("presentation_id", BigInt, nullable=False),
        Column("device_no", BigInt, nullable=False),
        Column("method", Text, nullable=False),
        Column("version", BigInt, nullable=False),
        Column("phase", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("step", Text, nullable=False),
        Column("insurer", Text, nullable=False),
        Column("upload", Text, nullable=False),
        Column("settled", Text, nullable=False),
        Column("route", Text, nullable=False),
        Column("cash_minor", BigInt, nullable=False),
        Column("shown_minor", BigInt, nullable=False),
        Column("limit_minor", BigInt, nullable=False),
        Column("alarmed", Flag, nullable=False),
        Column("confirmed", Flag, nullable=False),
        Column("approved_minor", BigInt, nullable=False),
        Column("tendered_minor", BigInt, nullable=False),
        Column("refunds_open", BigInt, nullable=False),
        Column("refunds_failed", BigInt, nullable=False),
        Column("last_query", Flag, nullable=False),
        Column("tries", BigInt, nullable=False),
        Column("resume_phase", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("total_minor", BigInt, nullable=False),
        Column("use_account", Flag, nullable=False),
        Column("bill", Blob, nullable=False),
        Column("split", Blob, nullable=True),
        Column("insurance_id", Text, nullable=False),
        Column("subject", Blob, nullable=True),
        Column("credential", Blob, nullable=True),
        Column("continuation", Blob, nullable=True),
        Column("insurer_reference", Text, nullable=False),
        Column("invono", Text, nullable=False),
        Column("payment_id", Text, nullable=False),
        Column("payer", Blob, nullable=True),
        Column("secured", Blob, nullable=True),
        Column("replaces", BigInt, nullable=True),
        Column("replaced_by", BigInt, nullable=True),
        Column("created_at", UtcInstant, nullable=False),
        Column("deadline_at", UtcInstant, nullable=False),
        Column("completed_at", UtcInstant, nullable=True),
        PrimaryKeyConstraint("resident_id", "settlement_id"),
        CheckConstraint("cash_minor between 0 and total_minor", name="cash"),
        CheckConstraint("refunds_open >= 0 and refunds_failed >= 0 and tries >= 0", name="counts"),
        CheckConstraint("insurer in ('wallet','his','nobody')", name="insurer"),
        CheckConstraint(
            "phase in ('draft','pre_settling','awaiting_approval','securing','insuring','charging','cash_due','completed','cancelling','cancelled','review')",
            name="phase",
        ),
        CheckConstraint("route in ('','agreement','desk')", name="route"),
        CheckConstraint("settled in ('none','standing','undone')", name="settled"),
        CheckConstraint("status in ('due','sent','unknown')", name="status"),
        CheckConstraint(
            "step in ('','upload','revoke_upload','pre_settle','secure','settle','reverse','tender','cancel_settlement','refunds')",
            name="step",
        ),
        CheckConstraint("tendered_minor between 0 and cash_minor", name="tendered"),
        CheckConstraint("total_minor > 0", name="total"),
        CheckConstraint("upload in ('none','unknown','done')", name="upload"),
    )
    op.create_index("ix_settlements_visit", "settlements", ["resident_id", "visit_id"])
    create_resident_table(
        "spent_challenges",
        Column("resident_id", BigInt, nullable=False),
        Column("challenge", BigInt, nullable=False),
        Column("expires_at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("resident_id", "challenge"),
    )
    create_resident_table(
        "visits",
        Column("resident_id", BigInt, nullable=False),
        Column("visit_id", BigInt, nullable=False),
        Column("party_id", BigInt, nullable=False),
        Column("terminal_id", BigInt, nullable=False),
        Column("presentation_id", BigInt, nullable=False),
        Column("version", BigInt, nullable=False),
        Column("phase", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("registered", Flag, nullable=False),
        Column("repeating", Flag, nullable=False),
        Column("tries", BigInt, nullable=False),
        Column("resume_phase", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("integration_id", Text, nullable=False),
        Column("binding_id", BigInt, nullable=True),
        Column("visit_number", Text, nullable=False),
        Column("details", Blob, nullable=False),
        Column("subject", Blob, nullable=True),
        Column("credential", Blob, nullable=True),
        Column("continuation", Blob, nullable=True),
        Column("visit_reference", Blob, nullable=True),
        Column("open_settlement_id", BigInt, nullable=True),
        Column("standing", BigInt, nullable=False),
        Column("opened_at", UtcInstant, nullable=False),
        Column("closes_at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("resident_id", "visit_id"),
        CheckConstraint("standing >= 0 and tries >= 0", name="counts"),
        CheckConstraint(
            "phase in ('registering','open','cancelling','cancelled','closed','review')",
            name="phase",
        ),
        CheckConstraint("status in ('due','sent','unknown')", name="status"),
    )
    create_resident_table(
        "work_items",
        Column("resident_id", BigInt, nullable=False),
        Column("kind", Text, nullable=False),
        Column("subject_id", BigInt, nullable=False),
        Column("next_action_at", UtcInstant, nullable=False),
        Column("lease_owner", Text, nullable=True),
        Column("lease_until", UtcInstant, nullable=True),
        Column("fence", BigInt, nullable=False),
        Column("wakes", BigInt, nullable=False),
        Column("attempts", BigInt, nullable=False),
        PrimaryKeyConstraint("resident_id", "kind", "subject_id"),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("(lease_owner is null) = (lease_until is null)", name="lease"),
    )
    op.create_index("ix_work_items_next_action_at", "work_items", ["next_action_at"])
    create_table(
        "operator_enrolments",
        Column("operator_id", BigInt, nullable=False),
        Column("digest", Blob, nullable=False),
        Column("stage", Text, nullable=False),
        Column("password_hash", Text, nullable=True),
        Column("totp_secret", Blob, nullable=True),
        Column("expires_at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("operator_id"),
        ForeignKeyConstraint(["operator_id"], ["operators.operator_id"]),
        UniqueConstraint("digest"),
        CheckConstraint("(stage = 'redeemed') = (password_hash is not null)", name="password"),
        CheckConstraint("(stage = 'redeemed') = (totp_secret is not null)", name="secret"),
        CheckConstraint("stage IN ('issued', 'redeemed')", name="stage"),
    )
    create_table(
        "operator_events",
        Column("event_id", BigInt, nullable=False),
        Column("at", UtcInstant, nullable=False),
        Column("operator_id", BigInt, nullable=True),
        Column("kind", Text, nullable=False),
        Column("detail", Text, nullable=False),
        Column("person", Text, nullable=True),
        Column("purpose", Text, nullable=True),
        Column("ticket", Text, nullable=True),
        PrimaryKeyConstraint("event_id"),
        ForeignKeyConstraint(["operator_id"], ["operators.operator_id"]),
        CheckConstraint("(kind = 'looked') = (person is not null)", name="person"),
        CheckConstraint("(kind = 'looked') = (purpose is not null)", name="purpose"),
        CheckConstraint("(kind = 'looked') = (ticket is not null)", name="ticket"),
        CheckConstraint(
            "kind IN ('created', 'enrolled', 'signed_in', 'refused', 'locked', 'stepped_up', 'signed_out', 'looked', 'reset', 'disabled', 'enabled')",
            name="kind",
        ),
    )
    create_table(
        "operator_recovery_codes",
        Column("operator_id", BigInt, nullable=False),
        Column("digest", Blob, nullable=False),
        Column("used_at", UtcInstant, nullable=True),
        PrimaryKeyConstraint("operator_id", "digest"),
        ForeignKeyConstraint(["operator_id"], ["operators.operator_id"]),
    )
    create_table(
        "operator_sessions",
        Column("session_id", BigInt, nullable=False),
        Column("digest", Blob, nullable=False),
        Column("operator_id", BigInt, nullable=False),
        Column("created_at", UtcInstant, nullable=False),
        Column("seen_at", UtcInstant, nullable=False),
        Column("ends_at", UtcInstant, nullable=False),
        Column("stepped_up_at", UtcInstant, nullable=True),
        Column("ended_at", UtcInstant, nullable=True),
        PrimaryKeyConstraint("session_id"),
        ForeignKeyConstraint(["operator_id"], ["operators.operator_id"]),
        UniqueConstraint("digest"),
    )
    create_table(
        "enrolment_tokens",
        Column("digest", Blob, nullable=False),
        Column("party_id", BigInt, nullable=False),
        Column("kind", Text, nullable=False),
        Column("scopes", Text, nullable=False),
        Column("created_at", UtcInstant, nullable=False),
        Column("expires_at", UtcInstant, nullable=False),
        Column("used_at", UtcInstant, nullable=True),
        PrimaryKeyConstraint("digest"),
        ForeignKeyConstraint(["party_id"], ["parties.party_id"]),
        CheckConstraint("kind IN ('his', 'desk', 'kiosk', 'gate')", name="kind"),
    )
    create_table(
        "party_profiles",
        Column("party_id", BigInt, nullable=False),
        Column("integration_id", Text, nullable=False),
        Column("profile", Blob, nullable=False),
        Column("changed_at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("party_id", "integration_id"),
        ForeignKeyConstraint(["party_id"], ["parties.party_id"]),
    )
    create_resident_table(
        "presentation_answers",
        Column("resident_id", BigInt, nullable=False),
        Column("presentation_id", BigInt, nullable=False),
        Column("context", Text, nullable=False),
        Column("integration_id", Text, nullable=False),
        Column("binding_id", BigInt, nullable=True),
        Column("valid", Flag, nullable=False),
        Column("refusal", Text, nullable=False),
        Column("subject", Blob, nullable=True),
        Column("credential", Blob, nullable=True),
        PrimaryKeyConstraint("resident_id", "presentation_id", "context"),
        ForeignKeyConstraint(
            ["resident_id", "presentation_id"],
            ["presentations.resident_id", "presentations.presentation_id"],
        ),
    )
    op.create_index(
        "ix_presentation_answers_credential",
        "presentation_answers",
        ["resident_id", "presentation_id"],
        postgresql_where=text("credential is not null"),
        sqlite_where=text("credential is not null"),
    )
    create_resident_table(
        "tenders",
        Column("resident_id", BigInt, nullable=False),
        Column("tender_id", BigInt, nullable=False),
        Column("settlement_id", BigInt, nullable=False),
        Column("party_id", BigInt, nullable=False),
        Column("terminal_id", BigInt, nullable=False),
        Column("version", BigInt, nullable=False),
        Column("method", Text, nullable=False),
        Column("amount_minor", BigInt, nullable=False),
        Column("integration_id", Text, nullable=False),
        Column("phase", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("step", Text, nullable=False),
        Column("acknowledged", Flag, nullable=False),
        Column("late", Flag, nullable=False),
        Column("cancels", BigInt, nullable=False),
        Column("reason", Text, nullable=False),
        Column("payer", Blob, nullable=True),
        Column("code", Blob, nullable=True),
        Column("continuation", Blob, nullable=True),
        Column("reference", Text, nullable=False),
        Column("created_at", UtcInstant, nullable=False),
        Column("charged_at", UtcInstant, nullable=True),
        PrimaryKeyConstraint("resident_id", "tender_id"),
        ForeignKeyConstraint(
            ["resident_id", "settlement_id"],
            ["settlements.resident_id", "settlements.settlement_id"],
        ),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("cancels >= 0", name="cancels"),
        CheckConstraint("method in ('agreement','code','card','cash')", name="method"),
        CheckConstraint(
            "phase in ('charging','cancelling','charged','refused','cancelled')", name="phase"
        ),
        CheckConstraint("status in ('due','sent','unknown')", name="status"),
        CheckConstraint("step in ('','charge','cancel_charge','ask')", name="step"),
    )
    op.create_index("ix_tenders_settlement", "tenders", ["resident_id", "settlement_id"])
    create_table(
        "terminals",
        Column("party_id", BigInt, nullable=False),
        Column("terminal_id", BigInt, nullable=False),
        Column("name", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("scopes", Text, nullable=False),
        Column("public_key", Blob, nullable=False),
        Column("created_at", UtcInstant, nullable=False),
        Column("revoked_at", UtcInstant, nullable=True),
        PrimaryKeyConstraint("party_id", "terminal_id"),
        ForeignKeyConstraint(["party_id"], ["parties.party_id"]),
        CheckConstraint("kind IN ('his', 'desk', 'kiosk', 'gate')", name="kind"),
        CheckConstraint("status IN ('active', 'revoked')", name="status"),
    )
    create_resident_table(
        "used_counters",
        Column("resident_id", BigInt, nullable=False),
        Column("device_no", BigInt, nullable=False),
        Column("counter", BigInt, nullable=False),
        Column("party_id", BigInt, nullable=False),
        Column("terminal_id", BigInt, nullable=False),
        Column("at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("resident_id", "device_no", "counter"),
        ForeignKeyConstraint(
            ["resident_id", "device_no"], ["devices.resident_id", "devices.device_no"]
        ),
    )
    create_resident_table(
        "refunds",
        Column("resident_id", BigInt, nullable=False),
        Column("refund_id", BigInt, nullable=False),
        Column("settlement_id", BigInt, nullable=False),
        Column("tender_id", BigInt, nullable=False),
        Column("party_id", BigInt, nullable=False),
        Column("version", BigInt, nullable=False),
        Column("method", Text, nullable=False),
        Column("amount_minor", BigInt, nullable=False),
        Column("phase", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("repeating", Flag, nullable=False),
        Column("tries", BigInt, nullable=False),
        Column("reason", Text, nullable=False),
        Column("reference", Text, nullable=False),
        Column("created_at", UtcInstant, nullable=False),
        Column("refunded_at", UtcInstant, nullable=True),
        PrimaryKeyConstraint("resident_id", "refund_id"),
        UniqueConstraint("resident_id", "tender_id"),
        ForeignKeyConstraint(
            ["resident_id", "tender_id"], ["tenders.resident_id", "tenders.tender_id"]
        ),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("method in ('agreement','code','card','cash')", name="method"),
        CheckConstraint("phase in ('refunding','payout','refunded','review')", name="phase"),
        CheckConstraint("status in ('due','sent','unknown')", name="status"),
        CheckConstraint("tries >= 0", name="tries"),
    )
    op.create_index("ix_refunds_settlement", "refunds", ["resident_id", "settlement_id"])
    create_table(
        "signature_nonces",
        Column("party_id", BigInt, nullable=False),
        Column("terminal_id", BigInt, nullable=False),
        Column("nonce", Text, nullable=False),
        Column("expires_at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("party_id", "terminal_id", "nonce"),
        ForeignKeyConstraint(
            ["party_id", "terminal_id"], ["terminals.party_id", "terminals.terminal_id"]
        ),
    )
    create_table(
        "token_ids",
        Column("party_id", BigInt, nullable=False),
        Column("terminal_id", BigInt, nullable=False),
        Column("token_id", Text, nullable=False),
        Column("expires_at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("party_id", "terminal_id", "token_id"),
        ForeignKeyConstraint(
            ["party_id", "terminal_id"], ["terminals.party_id", "terminals.terminal_id"]
        ),
    )


def downgrade() -> None:
    op.drop_table("token_ids")
    op.drop_table("signature_nonces")
    op.drop_table("refunds")
    op.drop_table("used_counters")
    op.drop_table("terminals")
    op.drop_table("tenders")
    op.drop_table("presentation_answers")
    op.drop_table("party_profiles")
    op.drop_table("enrolment_tokens")
    op.drop_table("operator_sessions")
    op.drop_table("operator_recovery_codes")
    op.drop_table("operator_events")
    op.drop_table("operator_enrolments")
    op.drop_table("work_items")
    op.drop_table("visits")
    op.drop_table("spent_challenges")
    op.drop_table("settlements")
    op.drop_table("sessions")
    op.drop_table("sequences")
    op.drop_table("residents")
    op.drop_table("resident_budgets")
    op.drop_table("presentations")
    op.drop_table("postings")
    op.drop_table("person_keys")
    op.drop_table("parties")
    op.drop_table("operators")
    op.drop_table("operator_lockouts")
    op.drop_table("lanes")
    op.drop_table("journal")
    op.drop_table("identifier_index")
    op.drop_table("idempotency")
    op.drop_table("guess_budgets")
    op.drop_table("devices")
    op.drop_table("consents")
    op.drop_table("calls")
    op.drop_table("bindings")
    op.drop_table("barcodes")
