"""
The statements of the short way on SQLite, for as many scans as are at hand.

``{rows}`` stands for that many rows of parameters. What is read comes back as one JSON text,
because each step of a statement hands the interpreter from thread to thread and back.
"""

from functools import lru_cache
from typing import Final

# the parts, and their columns, are those of `statements.READ`; bytes come as hexadecimal digits.
# Of rows that are given the engine believes there are a million, and with an analyzed table of
# fewer it reads all of that for a filter before it looks one up: ``likelihood`` says they are few
READ: Final = """
WITH asked (n, resident_id, device_no, purpose, party_id, terminal_id, route, key)
  AS (VALUES {rows})
SELECT json_group_array(json_array(part, number, name, more, content, snapshot, at, made, version,
                                   n))
  FROM (
SELECT 0 AS part, t.high_water AS number, t.status AS name, '' AS more,
       hex(t.enrolment_nonce) AS content, NULL AS snapshot,
       t.alarmed_at AS at, t.created_at AS made, t.drift AS version, a.n
  FROM asked a CROSS JOIN devices t
 WHERE t.resident_id = a.resident_id AND t.device_no = a.device_no
UNION ALL
SELECT 1, 0, t.keep, '', iif(t.wrapped IS NULL, NULL, hex(t.wrapped)), NULL, NULL, NULL, 0, a.n
  FROM asked a CROSS JOIN person_keys t WHERE t.resident_id = a.resident_id
UNION ALL
SELECT 2, t.level, '', '', hex(t.person), NULL, NULL, t.created_at, 0, a.n
  FROM asked a CROSS JOIN residents t WHERE t.resident_id = a.resident_id
UNION ALL
SELECT 3, t.binding_id, t.context, t.integration_id, hex(t.subject),
       iif(t.snapshot IS NULL, NULL, hex(t.snapshot)), t.validated_at, t.created_at, t.version, a.n
  FROM asked a CROSS JOIN bindings t
 WHERE likelihood(a.n >= 0, 0.0001)
   AND t.resident_id = a.resident_id AND t.status = 'live' AND t.is_default = 1
UNION ALL
SELECT 4, t.consent_id, t.context, t.basis, NULL, NULL, NULL, NULL, 0, a.n
  FROM asked a CROSS JOIN consents t
 WHERE likelihood(a.n >= 0, 0.0001)
   AND t.resident_id = a.resident_id AND t.purpose = a.purpose AND t.party_id IN (0, a.party_id)
   AND t.withdrawn_at IS NULL
UNION ALL
SELECT 5, p.party_id, p.name, p.kind, NULL, NULL, NULL, NULL, 0, a.n
  FROM asked a CROSS JOIN parties p CROSS JOIN terminals t
 WHERE p.party_id = a.party_id AND t.party_id = a.party_id AND t.terminal_id = a.terminal_id
   AND p.status = 'active' AND t.status = 'active'
UNION ALL
SELECT 6, 0, t.integration_id, '', hex(t.profile), NULL, NULL, NULL, 0, a.n
  FROM asked a CROSS JOIN party_profiles t WHERE t.party_id = a.party_id
UNION ALL
SELECT 7, t.target_id, '', '', NULL, NULL, NULL, NULL, 0, a.n
  FROM asked a CROSS JOIN idempotency t
 WHERE t.party_id = a.party_id AND t.route = a.route AND t.key = a.key)
"""

# what the rest is written for: nobody else writes between this statement and the commit
STANDING: Final = """
WITH asked (n, resident_id, device_no, counter, enrolment_nonce, ahead, party_id, terminal_id,
            purpose)
  AS (VALUES {rows})
SELECT json_group_array(json_array(
         a.n,
         json((SELECT json_group_array(binding_id) FROM bindings
                WHERE resident_id = a.resident_id AND status = 'live' AND is_default = 1)),
         json((SELECT json_group_array(consent_id) FROM consents
                WHERE resident_id = a.resident_id AND purpose = a.purpose
                  AND party_id IN (0, a.party_id) AND withdrawn_at IS NULL))))
  FROM asked a CROSS JOIN devices d CROSS JOIN parties p CROSS JOIN terminals t
 WHERE d.resident_id = a.resident_id AND d.device_no = a.device_no AND d.status = 'active'
   AND d.enrolment_nonce = a.enrolment_nonce AND d.high_water < a.counter
   AND (NOT a.ahead OR d.drift = 1) AND d.alarmed_at IS NULL
   AND p.party_id = a.party_id AND t.party_id = a.party_id AND t.terminal_id = a.terminal_id
   AND p.status = 'active' AND t.status = 'active'
"""

RAISE: Final = """
WITH asked (resident_id, device_no, counter, at) AS (VALUES {rows})
UPDATE devices SET high_water = a.counter, last_seen_at = a.at FROM asked a
 WHERE devices.resident_id = a.resident_id AND devices.device_no = a.device_no
"""

KEEP: Final = """
INSERT INTO idempotency (party_id, route, key, terminal_id, fingerprint, target_resident_id,
                         target_id, response, response_until, created_at, expires_at)
VALUES {rows}
"""

USE: Final = """
INSERT INTO used_counters (resident_id, device_no, counter, party_id, terminal_id, at)
VALUES {rows}
"""

OPEN: Final = """
INSERT INTO presentations (resident_id, presentation_id, party_id, terminal_id, device_no,
                           method, purpose, scene, created_at, expires_at, released_at)
VALUES {rows}
"""

ANSWER: Final = """
INSERT INTO presentation_answers (resident_id, presentation_id, context, integration_id,
                                  binding_id, valid, refusal, subject)
VALUES {rows}
"""

TELL: Final = """
INSERT INTO journal (resident_id, entry_id, kind, party_id, terminal_id, presentation_id,
                     detail, at)
VALUES {rows}
"""


@lru_cache(maxsize=1024)
def over(text: str, rows: int, columns: int) -> str:
    """
    Return one of the statements for so many rows of parameters.
    """
    row = "(" + ",".join("?" * columns) + ")"
    return text.replace("{rows}", ",".join([row] * rows))
