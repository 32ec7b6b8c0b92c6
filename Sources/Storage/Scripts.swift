import RedisClient

/// The Lua scripts, embedded from `lua/`. The head of each file describes its KEYS, ARGV and reply.
public enum Scripts {
    package static let apply = RedisScript(
        name: "apply",
        source: text(PackageResources.apply_lua).replacing(
            shebang,
            with: shebang + text(PackageResources.apply_rankings_lua) + text(PackageResources.apply_limits_lua),
            maxReplacements: 1))
    private static let shebang = "#!lua\n"
    package static let page = RedisScript(name: "page", source: text(PackageResources.page_lua))
    package static let probe = RedisScript(name: "probe", source: text(PackageResources.probe_lua))
    package static let rights = RedisScript(name: "rights", source: text(PackageResources.rights_lua))
    package static let open = RedisScript(name: "open", source: text(PackageResources.open_lua))
    package static let receipt = RedisScript(name: "receipt", source: text(PackageResources.receipt_lua))
    package static let boards = RedisScript(name: "boards", source: text(PackageResources.boards_lua))
    package static let retop = RedisScript(name: "retop", source: text(PackageResources.retop_lua))

    /// All scripts, which are loaded on each new connection.
    public static let all = [apply, page, probe, open, receipt, rights, boards, retop]

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
