/// The result of each check of one action id, for operators and game developers. Clients get none of it: every refusal
/// tells them the same.
public struct ActionIDReport: Equatable, Sendable {
    /// One check, in the order in which a node makes them.
    public struct Line: Equatable, Sendable {
        /// The name of the check: `form`, `key`, `signature` or `time`.
        public let check: String
        /// Whether it passes.
        public let passes: Bool
        /// The finding, and what to do if the check does not pass.
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
            : "\(fields.keyID) is not among the keys that are configured here (\(keyIDs.joined(separator: ", "))). "
                + "Add it to SCORECAST_ACTION_KEYS of all API nodes, or sign with one of those."
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
                "issued \(seconds(-age)) in the future, \(seconds(-age - skew)) more than SCORECAST_ACTION_SKEW "
                + "allows. Is the issuer's clock ahead, or this one behind? Issue times are in milliseconds."
            return ActionIDReport.Line(check: "time", passes: false, text: text)
        }
        if age > maxAge {
            let text =
                "issued \(seconds(age)) ago, expired \(seconds(age - maxAge)) ago (SCORECAST_ACTION_MAX_AGE). "
                + "Issue times are in milliseconds."
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
