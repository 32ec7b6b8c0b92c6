import Signing

extension NodeConfiguration {
    /// Whether there is a key to sign tokens with: the first token key if it is private, or the secret if there are no
    /// token keys.
    package var canSignTokens: Bool { tokenKeys.first?.isPrivate ?? (jwtSecret != nil) }

    /// Problems of a node with accounts, besides those of ``validate(for:requiring:)``: with the tokens of another
    /// issuer beside its own, nothing but a name in front keeps the users of that issuer from having ids of accounts.
    ///
    /// - Parameter isAccountsNode: whether the node has accounts.
    package func problems(ofAccountsNode isAccountsNode: Bool) -> [ConfigurationProblem] {
        guard isAccountsNode, jwtKeySet != nil, jwtName == nil else { return [] }
        return [
            problem(
                "SCORECAST_JWT_NAME",
                "is not set; a node with accounts needs it beside SCORECAST_JWT_JWKS, or the users of that issuer "
                    + "could have the ids of accounts. Set it on all nodes")
        ]
    }

    /// Token keys that do not fit together, and an own issuer that is also the other one.
    var tokenProblems: [ConfigurationProblem] {
        var reasons: [String] = []
        var seen: Set<String> = []
        for (index, key) in tokenKeys.enumerated() where !seen.insert(key.id).inserted {
            reasons.append("entry \(index + 1) has the same kid as one before it")
        }
        if tokenKeys.count > OwnTokenKey.countMax { reasons.append("has more than \(OwnTokenKey.countMax) entries") }
        var found = reasons.isEmpty ? [] : [problem("SCORECAST_TOKEN_KEYS", reasons.joined(separator: "; "))]
        if jwtKeySet != nil, let jwtIssuer, jwtIssuer.utf8.elementsEqual(tokenIssuer.utf8) {
            found.append(
                problem(
                    "SCORECAST_TOKEN_ISSUER",
                    "is also SCORECAST_JWT_ISSUER, while SCORECAST_JWT_JWKS has keys of somebody else; give the tokens "
                        + "of this deployment an issuer of their own"))
        }
        return found
    }

    /// The problem of a configuration that has to sign tokens.
    ///
    /// - Parameter needs: who needs it, as a clause.
    func problemOfSigning(_ needs: String) -> ConfigurationProblem? {
        if canSignTokens { return nil }
        guard tokenKeys.isEmpty else {
            return problem(
                "SCORECAST_TOKEN_KEYS", "has a public key as entry 1, and the first one signs; \(needs) private")
        }
        return problem(
            "SCORECAST_JWT_SECRET", "is not set, and neither is SCORECAST_TOKEN_KEYS; \(needs) or the other")
    }
}
