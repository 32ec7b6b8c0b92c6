-- What audits have counted and found: one row for each audit, and one for each finding that was listed.
--
-- Scorecast never reads the findings and never deletes them: an operator looks at them, and deletes old audits.

CREATE TABLE audits (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scheduled_for   timestamptz UNIQUE,
    node            text NOT NULL,
    started_at      timestamptz NOT NULL DEFAULT now(),
    finished_at     timestamptz,
    failure         text,
    rankings        bigint,
    entries         bigint,
    events          bigint,
    differences     bigint,
    undecided       bigint,
    irregularities  bigint,
    left_out        text[]
);
COMMENT ON COLUMN audits.scheduled_for IS 'The time of the schedule, so that one node audits. NULL if a person asked.';
COMMENT ON COLUMN audits.failure IS 'Why the audit did not come to its end. Then it says nothing.';
COMMENT ON COLUMN audits.left_out IS 'The boards that could not be compared, with the reasons.';

CREATE TABLE audit_findings (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    audit_id      bigint NOT NULL REFERENCES audits ON DELETE CASCADE,
    found_at      timestamptz NOT NULL DEFAULT now(),
    kind          text NOT NULL CHECK (kind IN ('difference', 'irregularity')),
    rule          text NOT NULL,
    board         text NOT NULL,
    window_name   text,
    period        text,
    user_id       text,
    first_seq     bigint,
    last_seq      bigint,
    evidence      json NOT NULL
);
CREATE INDEX audit_findings_by_audit ON audit_findings (audit_id);
CREATE INDEX audit_findings_by_user ON audit_findings (board, user_id);
-- An irregularity that later audits find again stays one row, however often they run.
CREATE UNIQUE INDEX audit_irregularities ON audit_findings (board, user_id, rule, first_seq)
    WHERE kind = 'irregularity';
COMMENT ON COLUMN audit_findings.audit_id IS 'The audit that found it last.';
COMMENT ON COLUMN audit_findings.rule IS
    'For a difference: scores, ledger, redis or keys. For an irregularity: too_large, too_fast or too_regular.';
