"""
The statements of the short way for many scans at once: those of `statements`, over arrays.

Each scan is a row of ``asked`` and is told by its number there. No resident and no key stands
twice in one call, and only the devices' rows are locked, in order and never waited for: a device
that somebody else holds is left out, and its scan goes the plain path. So two calls cannot block
each other (docs/decisions/0018).
"""

from typing import Final

# ``OFFSET 0`` has the engine look each resident up, whatever it believes of the tables' sizes
READ_MANY: Final = """
WITH asked AS MATERIALIZED (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[],
                         $6::text[], $7::text[])
        WITH ORDINALITY AS a (resident_id, device_no, purpose, party_id, terminal_id,
                              route, key, n)
)
SELECT 0 AS part, t.high_water AS number, t.status AS name, '' AS more,
       t.enrolment_nonce AS content, NULL::bytea AS snapshot,
       t.alarmed_at AS at, t.created_at AS made, t.drift AS version, a.n
  FROM asked a, LATERAL (
       SELECT * FROM devices
        WHERE resident_id = a.resident_id AND device_no = a.device_no OFFSET 0) t
UNION ALL
SELECT 1, 0, t.keep, '', t.wrapped, NULL, NULL, NULL, 0, a.n
  FROM asked a, LATERAL (
       SELECT * FROM person_keys WHERE resident_id = a.resident_id OFFSET 0) t
UNION ALL
SELECT 2, t.level, '', '', t.person, NULL, NULL, t.created_at, 0, a.n
  FROM asked a, LATERAL (
       SELECT * FROM residents WHERE resident_id = a.resident_id OFFSET 0) t
UNION ALL
SELECT 3, t.binding_id, t.context, t.integration_id, t.subject, t.snapshot, t.validated_at,
       t.created_at, t.version, a.n
  FROM asked a, LATERAL (
       SELECT * FROM bindings
        WHERE resident_id = a.resident_id AND status = 'live' AND is_default = 1 OFFSET 0) t
UNION ALL
SELECT 4, t.consent_id, t.context, t.basis, NULL, NULL, NULL, NULL, 0, a.n
  FROM asked a, LATERAL (
       SELECT * FROM consents
        WHERE resident_id = a.resident_id AND purpose = a.purpose
          AND party_id IN (0, a.party_id) AND withdrawn_at IS NULL OFFSET 0) t
UNION ALL
SELECT 5, p.party_id, p.name, p.kind, NULL, NULL, NULL, NULL, 0, a.n
  FROM asked a JOIN parties p ON p.party_id = a.party_id
       JOIN terminals t ON t.party_id = a.party_id AND t.terminal_id = a.terminal_id
 WHERE p.status = 'active' AND t.status = 'active'
UNION ALL
SELECT 6, 0, t.integration_id, '', t.profile, NULL, NULL, NULL, 0, a.n
  FROM asked a JOIN party_profiles t ON t.party_id = a.party_id
UNION ALL
SELECT 7, t.target_id, '', '', NULL, NULL, NULL, NULL, 0, a.n
  FROM asked a JOIN idempotency t
       ON t.party_id = a.party_id AND t.route = a.route AND t.key = a.key
"""

WRITE_MANY: Final = """
WITH asked AS MATERIALIZED (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[], $5::boolean[],
                         $6::timestamptz[], $7::bigint[], $8::bigint[], $9::text[], $10::text[],
                         $11::text[], $12::text[], $13::text[], $14::bytea[], $15::bigint[],
                         $16::bytea[], $17::timestamptz[], $18::timestamptz[], $19::text[],
                         $20::timestamptz[])
        WITH ORDINALITY
        AS a (resident_id, device_no, counter, enrolment_nonce, ahead, at, party_id, terminal_id,
              purpose, bindings, consents, route, key, fingerprint, presentation_id, response,
              response_until, key_until, scene, handle_until, n)
), held AS MATERIALIZED (
    SELECT a.* FROM asked a
      JOIN devices d ON d.resident_id = a.resident_id AND d.device_no = a.device_no
     WHERE d.status = 'active' AND d.enrolment_nonce = a.enrolment_nonce
       AND d.high_water < a.counter AND (NOT a.ahead OR d.drift = 1) AND d.alarmed_at IS NULL
       AND EXISTS (
           SELECT 1 FROM parties p JOIN terminals t ON t.party_id = p.party_id
            WHERE p.party_id = a.party_id AND t.terminal_id = a.terminal_id
              AND p.status = 'active' AND t.status = 'active')
       AND CAST(a.bindings AS bigint[]) = ARRAY(
           SELECT binding_id FROM bindings
            WHERE resident_id = a.resident_id AND status = 'live' AND is_default = 1
            ORDER BY binding_id)
       AND CAST(a.consents AS bigint[]) = ARRAY(
           SELECT consent_id FROM consents
            WHERE resident_id = a.resident_id AND purpose = a.purpose
              AND party_id IN (0, a.party_id) AND withdrawn_at IS NULL
            ORDER BY consent_id)
     ORDER BY a.resident_id
       FOR NO KEY UPDATE OF d SKIP LOCKED
), raised AS (
    UPDATE devices d SET high_water = h.counter, last_seen_at = h.at FROM held h
     WHERE d.resident_id = h.resident_id AND d.device_no = h.device_no
    RETURNING h.*
), kept AS (
    INSERT INTO idempotency (party_id, route, key, terminal_id, fingerprint, target_resident_id,
                             target_id, response, response_until, created_at, expires_at)
    SELECT party_id, route, key, terminal_id, fingerprint, resident_id, presentation_id, response,
           response_until, at, key_until
      FROM raised ORDER BY party_id, key
), used AS (
    INSERT INTO used_counters (resident_id, device_no, counter, party_id, terminal_id, at)
    SELECT resident_id, device_no, counter, party_id, terminal_id, at FROM raised
), opened AS (
    INSERT INTO presentations (resident_id, presentation_id, party_id, terminal_id, device_no,
                               method, purpose, scene, created_at, expires_at, released_at)
    SELECT resident_id, presentation_id, party_id, terminal_id, device_no, 'otp', purpose, scene,
           at, handle_until, at
      FROM raised
), answered AS (
    INSERT INTO presentation_answers (resident_id, presentation_id, context, integration_id,
                                      binding_id, valid, refusal, subject)
    SELECT r.resident_id, r.presentation_id, a.context, a.integration_id, a.binding_id, a.valid,
           a.refusal, a.subject
      FROM raised r
      JOIN unnest($21::bigint[], $22::text[], $23::text[], $24::bigint[], $25::int[], $26::text[],
                  $27::bytea[])
           AS a (n, context, integration_id, binding_id, valid, refusal, subject) USING (n)
), told AS (
    INSERT INTO journal (resident_id, entry_id, kind, party_id, terminal_id, presentation_id,
                         detail, at)
    SELECT r.resident_id, j.entry_id, j.kind, r.party_id, r.terminal_id, r.presentation_id,
           j.detail, r.at
      FROM raised r
      JOIN unnest($28::bigint[], $29::bigint[], $30::text[], $31::bytea[])
           AS j (n, entry_id, kind, detail) USING (n)
)
SELECT n FROM raised
"""
