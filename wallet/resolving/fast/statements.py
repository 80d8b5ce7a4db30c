"""
The two statements of the short way. Raw SQL, because building it costs more than running it.

They speak of other slices' tables, which nothing else here may (docs/decisions/0009). Each names
its resident in every condition, so that both stay within one partition; tests explain them.
"""

from typing import Final

# What the parts of `READ` are told apart by, in its order.
DEVICE: Final = 0
PERSON_KEY: Final = 1
PERSON: Final = 2
BINDING: Final = 3
CONSENT: Final = 4
PARTY: Final = 5
PROFILE: Final = 6
IDEMPOTENCY: Final = 7

# $1 resident, $2 device, $3 purpose, $4 party, $5 terminal, $6 route, $7 idempotency key
READ: Final = """
SELECT 0 AS part, high_water AS number, status AS name, '' AS more,
       enrolment_nonce AS content, NULL::bytea AS snapshot,
       alarmed_at AS at, created_at AS made, drift AS version
  FROM devices WHERE resident_id = $1 AND device_no = $2
UNION ALL
SELECT 1, 0, keep, '', wrapped, NULL, NULL, NULL, 0
  FROM person_keys WHERE resident_id = $1
UNION ALL
SELECT 2, level, '', '', person, NULL, NULL, created_at, 0
  FROM residents WHERE resident_id = $1
UNION ALL
SELECT 3, binding_id, context, integration_id, subject, snapshot, validated_at,
       created_at, version
  FROM bindings WHERE resident_id = $1 AND status = 'live' AND is_default = 1
UNION ALL
SELECT 4, consent_id, context, basis, NULL, NULL, NULL, NULL, 0
  FROM consents
 WHERE resident_id = $1 AND purpose = $3 AND party_id IN (0, $4) AND withdrawn_at IS NULL
UNION ALL
SELECT 5, p.party_id, p.name, p.kind, NULL, NULL, NULL, NULL, 0
  FROM parties p JOIN terminals t ON t.party_id = p.party_id
 WHERE p.party_id = $4 AND t.terminal_id = $5 AND p.status = 'active' AND t.status = 'active'
UNION ALL
SELECT 6, 0, integration_id, '', profile, NULL, NULL, NULL, 0
  FROM party_profiles WHERE party_id = $4
UNION ALL
SELECT 7, target_id, '', '', NULL, NULL, NULL, NULL, 0
  FROM idempotency WHERE party_id = $4 AND route = $6 AND key = $7
"""

# All or nothing: every row hangs on the device's mark having been raised, which hangs on what was
# read before being so still; a row that is there already ends the whole statement.
WRITE: Final = """
WITH raised AS (
    UPDATE devices SET high_water = $3, last_seen_at = $6
     WHERE resident_id = $1 AND device_no = $2 AND status = 'active' AND enrolment_nonce = $4
       AND high_water < $3 AND (NOT $5 OR drift = 1) AND alarmed_at IS NULL
       AND EXISTS (
           SELECT 1 FROM parties p JOIN terminals t ON t.party_id = p.party_id
            WHERE p.party_id = $7 AND t.terminal_id = $8
              AND p.status = 'active' AND t.status = 'active')
       AND $10 = ARRAY(
           SELECT binding_id FROM bindings
            WHERE resident_id = $1 AND status = 'live' AND is_default = 1
            ORDER BY binding_id)
       AND $11 = ARRAY(
           SELECT consent_id FROM consents
            WHERE resident_id = $1 AND purpose = $9 AND party_id IN (0, $7)
              AND withdrawn_at IS NULL
            ORDER BY consent_id)
    RETURNING 1
), kept AS (
    INSERT INTO idempotency (party_id, route, key, terminal_id, fingerprint, target_resident_id,
                             target_id, response, response_until, created_at, expires_at)
    SELECT $7, $12, $13, $8, $14, $1, $15, $16, $17, $6, $18 FROM raised
), used AS (
    INSERT INTO used_counters (resident_id, device_no, counter, party_id, terminal_id, at)
    SELECT $1, $2, $3, $7, $8, $6 FROM raised
), opened AS (
    INSERT INTO presentations (resident_id, presentation_id, party_id, terminal_id, device_no,
                               method, purpose, scene, created_at, expires_at, released_at)
    SELECT $1, $15, $7, $8, $2, 'otp', $9, $19, $6, $20, $6 FROM raised
), answered AS (
    INSERT INTO presentation_answers (resident_id, presentation_id, context, integration_id,
                                      binding_id, valid, refusal, subject)
    SELECT $1, $15, a.* FROM raised,
           unnest($21::text[], $22::text[], $23::bigint[], $24::int[], $25::text[], $26::bytea[])
           AS a
), told AS (
    INSERT INTO journal (resident_id, entry_id, kind, party_id, terminal_id, presentation_id,
                         detail, at)
    SELECT $1, j.entry_id, j.kind, $7, $8, $15, j.detail, $6 FROM raised,
           unnest($27::bigint[], $28::text[], $29::bytea[]) AS j (entry_id, kind, detail)
)
SELECT count(*) FROM raised
"""
