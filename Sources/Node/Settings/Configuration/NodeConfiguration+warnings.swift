import Signing

extension NodeConfiguration {
    /// Values that work but are most likely not meant. The operator is shown them, and the node starts. Pure.
    public var warnings: [ConfigurationProblem] {
        let numbers = actionKeys.indices.filter { ActionKeys.looksLikeHexadecimal(actionKeys[$0].key.reveal()) }
        return numbers.map { index in
            ConfigurationProblem(
                key: "SCORECAST_ACTION_KEYS",
                reason:
                    "the key in entry \(index + 1) looks like hexadecimal, and is read as base64; a game server that "
                    + "decodes it as hexadecimal makes action ids that are refused. Write the key in base64",
                example: "k1:<what `openssl rand -base64 32` prints>", origin: origins["SCORECAST_ACTION_KEYS"])
        }
    }
}
