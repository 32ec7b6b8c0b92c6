extension ActionIDVerifier {
    /// Which check an action id fails, in words for whoever runs or develops with the server; nil when it is good.
    ///
    /// Not for clients: it tells about keys and clocks. It holds nothing of the action id but its key id and times.
    ///
    /// - Parameters:
    ///   - id: the action id.
    ///   - userID: the user who sends it.
    ///   - now: milliseconds since 1970.
    public func explanation(of id: String, userID: String, now: Int64) -> String? {
        do {
            _ = try verify(id, userID: userID, now: now)
            return nil
        } catch {
            return id.withBytes { bytes in
                explanation(error, of: ActionIDText(bytes), now: now)
            }
        }
    }

    private func explanation(_ error: ActionIDError, of text: ActionIDText?, now: Int64) -> String {
        switch error {
        case .malformed:
            return "the action id is not of the form v1.<key id>.<action>.<nonce>.<issued at>.<score or ->.<signature>"
        case .unknownKey:
            let keyID = text.map { String(decoding: $0.keyID, as: UTF8.self) } ?? ""
            return "it is signed with the key \(keyID), which is not among the action keys"
        case .badSignature:
            return "the signature does not fit: the action id was altered, made for another user id, "
                + "or signed with another key of this name"
        case .expired:
            let late = text.map { now - $0.issuedAt.adding(maxAge) } ?? 0
            return "it expired \(Self.seconds(late)) ago: it is good for \(Self.seconds(maxAge)) after its issue"
        case .notYetValid:
            let early = text.map { $0.issuedAt - now } ?? 0
            return "it was issued \(Self.seconds(early)) ahead of this node's clock; \(Self.seconds(skew)) are allowed"
        }
    }

    /// Such as `0.3 s`, `12 s`.
    private static func seconds(_ milliseconds: Int64) -> String {
        guard milliseconds < 10_000, milliseconds % 1000 != 0 else { return "\(milliseconds / 1000) s" }
        return "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
    }
}
