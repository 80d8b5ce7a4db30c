-- One settlement from its bill to its receipt as somebody would write it by hand: the commits and
-- the writes of the wallet, one statement each, and of the reads only those that a step needs.
{% macro hold() %}
UPDATE work_items SET lease_until = now() + interval '30 s'
  WHERE resident_id = :r AND kind = 'settlement' AND subject_id = :s AND lease_owner = 'bench';
{% endmacro %}
{% macro claim() %}
UPDATE work_items SET lease_owner = 'bench', lease_until = now() + interval '30 s',
  attempts = attempts + 1 WHERE resident_id = :r AND kind = 'settlement' AND subject_id = :s;
{% endmacro %}
{% macro release() %}
UPDATE work_items SET next_action_at = now() + interval '1 h', lease_owner = NULL, lease_until = NULL,
  attempts = 0
  WHERE resident_id = :r AND kind = 'settlement' AND subject_id = :s;
{% endmacro %}
{% macro move() %}
UPDATE settlements SET version = version + 1, phase = phase, status = status, step = step,
  reason = reason {{ caller() }} WHERE resident_id = :r AND settlement_id = :s;
{% endmacro %}
{% macro number(integration) %}
INSERT INTO sequences (party_id, integration_id, second, last)
  VALUES ({{ party }}, '{{ integration }}', extract(epoch FROM now())::bigint, 1)
  ON CONFLICT (party_id, integration_id, second) DO UPDATE SET last = sequences.last + 1;
{% endmacro %}
{% macro call(id, integration, operation, kind, subject) %}
INSERT INTO calls (resident_id, call_id, subject_kind, subject_id, party_id, integration_id,
    operation, reference, payload, state, outcome, code, partner_code, attempts, queries,
    prepared_at)
  VALUES (:r, :{{ id }}, '{{ kind }}', :{{ subject }}, {{ party }}, '{{ integration }}',
    '{{ operation }}', :{{ id }}::text, '\x{{ payload }}', 'prepared', '', '', '', 0, 0, now());
{% endmacro %}
{% macro sent(id) %}
UPDATE calls SET state = 'sent', outcome = '', attempts = 1, sent_at = now()
  WHERE resident_id = :r AND call_id = :{{ id }};
{% endmacro %}
{% macro closed(id) %}
UPDATE calls SET state = 'closed', outcome = 'succeeded', closed_at = now()
  WHERE resident_id = :r AND call_id = :{{ id }};
{% endmacro %}
{% macro posted(id, kind, accounts) %}
{% for account in accounts %}
INSERT INTO postings (resident_id, posting_id, kind, subject_id, account, amount_minor, currency,
    reverses, at)
  VALUES (:r, :{{ id }}::bigint + {{ loop.index }}, '{{ kind }}', :{{ id }}, '{{ account }}', 1, 'CNY', '', now());
{% endfor %}
INSERT INTO takings (party_id, terminal_id, taking_id, kind, method, provider, amount_minor,
    insured_minor, at)
  SELECT party_id, terminal_id, :{{ id }}::bigint, kind, method, provider, amount_minor, insured_minor, now()
  FROM takings WHERE party_id = {{ party }} AND terminal_id = {{ terminal }} LIMIT 1;
INSERT INTO journal (resident_id, entry_id, kind, party_id, terminal_id, detail, at)
  VALUES (:r, :{{ id }}, 'disclosed', {{ party }}, {{ terminal }}, '\x{{ sealed }}', now());
{% endmacro %}
\set n random(1, {{ rows }})
\set upload random(1, 4611686018427387904)
\set pre_settle random(1, 4611686018427387904)
\set settle random(1, 4611686018427387904)
\set charge random(1, 4611686018427387904)
\set t random(1, 4611686018427387904)
SELECT resident_id AS r, settlement_id AS s FROM yard WHERE n = :n \gset
{{ claim() }}
{% for operation in ("upload", "pre_settle") %}
BEGIN;
{{ hold() }}
SELECT * FROM settlements WHERE resident_id = :r AND settlement_id = :s;
{{ number("bench_insurance") }}
{{ call(operation, "bench_insurance", operation, "settlement", "s") }}
{% call move() %}{% endcall %}
COMMIT;
BEGIN;
{{ hold() }}
{{ sent(operation) }}
COMMIT;
BEGIN;
{{ hold() }}
{{ closed(operation) }}
{% call move() %}, continuation = '\x{{ sealed }}'{% endcall %}
COMMIT;
{% endfor %}
{{ release() }}
{{ claim() }}
BEGIN;
{{ hold() }}
SELECT * FROM settlements WHERE resident_id = :r AND settlement_id = :s;
{% call move() %}, secured = '\x{{ sealed }}'{% endcall %}
COMMIT;
BEGIN;
{{ hold() }}
{{ number("bench_insurance") }}
{{ call("settle", "bench_insurance", "settle", "settlement", "settle") }}
{% call move() %}{% endcall %}
COMMIT;
BEGIN;
{{ hold() }}
{{ sent("settle") }}
COMMIT;
BEGIN;
{{ hold() }}
{{ closed("settle") }}
{% call move() %}, split = '\x{{ sealed }}', continuation = '\x{{ sealed }}'{% endcall %}
{{ posted("settle", "settled", ("a", "b", "c")) }}
COMMIT;
BEGIN;
{{ hold() }}
INSERT INTO tenders (resident_id, tender_id, settlement_id, party_id, terminal_id, version, method,
    amount_minor, integration_id, phase, status, step, acknowledged, late, cancels, reason, payer,
    code, continuation, reference, created_at)
  SELECT resident_id, :t::bigint, settlement_id, party_id, terminal_id, 1, method, amount_minor,
    integration_id, phase, status, step, acknowledged, late, cancels, reason, payer, code,
    continuation, '', now()
  FROM tenders WHERE resident_id = :r AND settlement_id = :s LIMIT 1;
{% call move() %}{% endcall %}
COMMIT;
BEGIN;
{{ hold() }}
{{ number("bench_payment") }}
{{ call("charge", "bench_payment", "charge", "tender", "t") }}
UPDATE tenders SET version = version + 1 WHERE resident_id = :r AND tender_id = :t;
COMMIT;
BEGIN;
{{ hold() }}
{{ sent("charge") }}
COMMIT;
BEGIN;
{{ hold() }}
{{ closed("charge") }}
UPDATE tenders SET version = version + 1, continuation = '\x{{ sealed }}', charged_at = now()
  WHERE resident_id = :r AND tender_id = :t;
{{ posted("charge", "charged", ("a", "b")) }}
{% call move() %}, completed_at = now(){% endcall %}
UPDATE visits SET version = version + 1 WHERE resident_id = :r
  AND visit_id = (SELECT visit_id FROM settlements WHERE resident_id = :r AND settlement_id = :s);
COMMIT;
{{ release() }}
