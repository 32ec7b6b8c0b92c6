/// What each check of one action id says, for operators and game developers. Clients get none of it: a refusal tells them
/// the same whatever the reason.
public struct ActionIDReport: Equatable, Sendable {
    /// One check, in the order in which a node makes them.
    public struct Line: Equatable, Sendable {
        /// What is checked: `form`, `key`, `signature`, `time`.
        public let check: String
        /// Whether it passes.
        public let passes: Bool
        /// What was found, and what to do if it does not pass.
        public let text: String
    }

    /// The checks that could be made: of a malformed id only the form.
    public let lines: [Line]

    /// Whether a node with the same keys and settings would take the id.
    public var isGood: Bool { lines.allSatisfy(\.passes) }
}

extension ActionIDVerifier {
    /// Makes all checks, also those after one that fails. `verify` is the one that decides; this one explains.
    ///
    /// - Parameters:
    ///   - id: the action id.
    ///   - userID: the user who is said to have done the action.
    ///   - now: milliseconds since 1970.
    public func report(_ id: String, userID: String, now: Int64) -> ActionIDReport {
        guard let fields = ActionIDFields(id) else {
            let fault = ActionIDFields.fault(of: id)
            return ActionIDReport(lines: [ActionIDReport.Line(check: "form", passes: false, text: fault)])
        }
        let score = fields.score.map { "score \($0)" } ?? "no score"
        let form = "action \(fields.action), nonce \(fields.nonce), \(score)"
        return ActionIDReport(lines: [
            ActionIDReport.Line(check: "form", passes: true, text: form),
            keyLine(fields), signatureLine(id, userID: userID), timeLine(fields.issuedAt, now: now),
        ])
    }

    private func keyLine(_ fields: ActionIDFields) -> ActionIDReport.Line {
        let isKnown = keyIDs.contains(fields.keyID)
        let text =
            isKnown
            ? fields.keyID
            : "\(fields.keyID) is not among the keys that are configured here (\(keyIDs.joined(separator: ", "))). Add it "
                + "to SCORECAST_ACTION_KEYS of all API nodes, or sign with one of those."
        return ActionIDReport.Line(check: "key", passes: isKnown, text: text)
    }

    private func signatureLine(_ id: String, userID: String) -> ActionIDReport.Line {
        let outcome: ActionIDError?
        // Far from all limits of time, since those are the next line's.
        do throws(ActionIDError) {
            _ = try ActionIDVerifier(keys: keys, maxAge: .seconds(1 << 40), skew: .seconds(1 << 40)).verify(
                id, userID: userID, now: 0)
            outcome = nil
        } catch {
            outcome = error
        }
        switch outcome {
        case nil: return ActionIDReport.Line(check: "signature", passes: true, text: "by that key, for user \(userID)")
        case .unknownKey:
            return ActionIDReport.Line(check: "signature", passes: false, text: "cannot be checked without the key")
        default:
            let text =
                "not by that key over this text and user \(userID). Was the id made for another user, by a key of the "
                + "same name with other bytes (it is base64, not text), or altered on the way?"
            return ActionIDReport.Line(check: "signature", passes: false, text: text)
        }
    }

    private func timeLine(_ issuedAt: Int64, now: Int64) -> ActionIDReport.Line {
        let age = now - issuedAt
        if age < -skew {
            let text =
                "issued \(seconds(-age)) in the future, \(seconds(-age - skew)) more than SCORECAST_ACTION_SKEW allows. Is the "
                + "issuer's clock ahead, or this one behind? Issue times are in milliseconds."
            return ActionIDReport.Line(check: "time", passes: false, text: text)
        }
        if age > maxAge {
            let text =
                "issued \(seconds(age)) ago, expired \(seconds(age - maxAge)) ago (SCORECAST_ACTION_MAX_AGE). Issue times are "
                + "in milliseconds."
            return ActionIDReport.Line(check: "time", passes: false, text: text)
        }
        let issued = age < 0 ? "issued \(seconds(-age)) in the future" : "issued \(seconds(age)) ago"
        return ActionIDReport.Line(
            check: "time", passes: true, text: "\(issued), valid for \(seconds(maxAge - age)) more")
    }

    /// Whole seconds, or milliseconds of what is less.
    private func seconds(_ milliseconds: Int64) -> String {
        milliseconds < 1000 ? "\(milliseconds) ms" : "\(milliseconds / 1000) s"
    }
}

/// The fields of a text of the right form; its signature is not checked.
struct ActionIDFields {
    let keyID: String
    let action: String
    let nonce: String
    let issuedAt: Int64
    let score: Int64?

    init?(_ id: String) {
        let fields: ActionIDFields? = id.withBytes { bytes in
            ActionIDText(bytes).map { text in
                ActionIDFields(
                    keyID: String(decoding: text.keyID, as: UTF8.self),
                    action: String(decoding: text.action, as: UTF8.self),
                    nonce: String(decoding: text.nonce, as: UTF8.self), issuedAt: text.issuedAt, score: text.score)
            }
        }
        guard let fields else { return nil }
        self = fields
    }

    private init(keyID: String, action: String, nonce: String, issuedAt: Int64, score: Int64?) {
        self.keyID = keyID
        self.action = action
        self.nonce = nonce
        self.issuedAt = issuedAt
        self.score = score
    }

    /// What is wrong with the form of a text that is not an action id.
    static func fault(of id: String) -> String {
        let parts = id.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 7 else {
            return "it has \(parts.count) parts between dots and must have 7: "
                + "v1.<key id>.<action>.<nonce>.<issued at>.<score or ->.<signature>"
        }
        let isName = { (part: Substring, lengths: ClosedRange<Int>) in
            part.withBytes { ActionID.isName($0, lengths: lengths) }
        }
        let isNumber = { (part: Substring, range: ClosedRange<Int64>) in
            part.withBytes { CanonicalInteger.parse($0, in: range) } != nil
        }
        let checks: [(Bool, String)] = [
            (parts[0] == "v1", "it does not begin with v1"),
            (isName(parts[1], ActionID.keyIDLengths), "its key id is not 1 to 32 letters, digits, - or _"),
            (isName(parts[2], ActionID.actionLengths), "its action is not 1 to 64 letters, digits, - or _"),
            (isName(parts[3], ActionID.nonceLengths), "its nonce is not 8 to 64 letters, digits, - or _"),
            (
                isNumber(parts[4], ActionID.issueTimes),
                "its issue time is not a whole number of milliseconds since 1970"
            ),
            (
                parts[5] == "-" || isNumber(parts[5], ActionID.scores),
                "its score is neither - nor a whole number without leading zeros"
            ),
            (
                parts[6].utf8.count == ActionID.signatureBytes,
                "its signature has \(parts[6].utf8.count) characters and must have \(ActionID.signatureBytes): unpadded "
                    + "base64url of 32 bytes"
            ),
        ]
        return checks.first { !$0.0 }?.1 ?? "it is too long"
    }
}
