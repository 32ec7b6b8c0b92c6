import RedisClient

/// The Lua scripts, embedded from `lua/`. The head of each file describes its KEYS, ARGV and reply.
public enum Scripts {
    package static let apply = RedisScript(
        name: "apply",
        source: text(PackageResources.apply_lua).replacing(
            shebang,
            with: shebang + text(PackageResources.apply_rankings_lua) + text(PackageResources.apply_limits_lua),
            maxReplacements: 1),
        takesRunID: true)
    private static let shebang = "#!lua\n"
    package static let read = RedisScript(name: "read", source: text(PackageResources.read_lua))
    package static let turn = RedisScript(name: "turn", source: text(PackageResources.turn_lua))
    package static let remove = RedisScript(
        name: "remove", source: text(PackageResources.remove_lua), takesRunID: true)
    package static let erase = RedisScript(
        name: "erase", source: text(PackageResources.erase_lua), takesRunID: true)
    package static let pseudonym = RedisScript(
        name: "pseudonym", source: text(PackageResources.pseudonym_lua), takesRunID: true)
    package static let stamp = RedisScript(
        name: "stamp", source: text(PackageResources.stamp_lua), takesRunID: true)
    package static let seal = RedisScript(
        name: "seal", source: text(PackageResources.seal_lua), takesRunID: true)
    package static let drop = RedisScript(name: "drop", source: text(PackageResources.drop_lua))
    package static let reschedule = RedisScript(name: "reschedule", source: text(PackageResources.reschedule_lua))
    package static let probe = RedisScript(
        name: "probe", source: text(PackageResources.probe_lua), takesRunID: true)
    package static let rights = RedisScript(name: "rights", source: text(PackageResources.rights_lua))
    package static let open = RedisScript(
        name: "open", source: text(PackageResources.open_lua), takesRunID: true)
    package static let close = RedisScript(name: "close", source: text(PackageResources.close_lua))
    package static let verify = RedisScript(
        name: "verify", source: text(PackageResources.verify_lua), takesRunID: true)
    package static let rewritten = RedisScript(
        name: "rewritten", source: text(PackageResources.rewritten_lua), takesRunID: true)
    package static let receipt = RedisScript(
        name: "receipt", source: text(PackageResources.receipt_lua), takesRunID: true)
    package static let boards = RedisScript(name: "boards", source: text(PackageResources.boards_lua))
    package static let credentials = RedisScript(
        name: "credentials", source: text(PackageResources.credentials_lua), takesRunID: true)
    /// The same for nodes that only read. They may use a replica, whose name says nothing.
    package static let credentialsOfReaders = RedisScript(
        name: "credentials", source: text(PackageResources.credentials_lua))
    package static let credentialsWrite = RedisScript(
        name: "credentials_write", source: text(PackageResources.credentials_write_lua), takesRunID: true)
    package static let rebuildBegin = RedisScript(
        name: "rebuild_begin", source: text(PackageResources.rebuild_begin_lua), takesRunID: true)
    package static let rebuildClear = RedisScript(
        name: "rebuild_clear", source: text(PackageResources.rebuild_clear_lua), takesRunID: true)
    package static let rebuildWrite = RedisScript(
        name: "rebuild_write", source: text(PackageResources.rebuild_write_lua), takesRunID: true)
    package static let rebuildEnd = RedisScript(
        name: "rebuild_end", source: text(PackageResources.rebuild_end_lua), takesRunID: true)

    package static let audit = RedisScript(name: "audit", source: text(PackageResources.audit_lua))
    package static let auditLevels = RedisScript(
        name: "audit_levels", source: text(PackageResources.audit_levels_lua))

    package static let attempt = RedisScript(name: "attempt", source: text(PackageResources.attempt_lua))
    package static let limit = RedisScript(name: "limit", source: text(PackageResources.limit_lua))
    package static let listen = RedisScript(name: "listen", source: text(PackageResources.listen_lua))

    /// All scripts, which are loaded on each new connection of a node that writes.
    public static let all = [
        apply, read, turn, remove, erase, pseudonym, stamp, seal, drop, reschedule, probe, open, close, verify,
        rewritten, receipt, rights, boards, credentials, credentialsWrite, rebuildBegin, rebuildClear, rebuildWrite,
        rebuildEnd, audit, auditLevels, attempt, limit, listen,
    ]

    /// The scripts of a node that only reads, publishes, and turns windows over. None of them takes the run_id.
    public static let reading = [read, turn, rights, credentialsOfReaders, listen]

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
