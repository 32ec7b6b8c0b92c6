/// One thing that breaks. Times are in ms.
enum Fault: Sendable, CustomStringConvertible {
    /// What a node is.
    enum Role: String, CaseIterable, Sendable {
        case api, gateway, persister
    }

    /// A store of the deployment.
    enum Store: String, CaseIterable, Sendable {
        case redis, postgres
    }

    /// SIGKILL; it starts again after a time.
    case killNode(Role, number: Int, away: Int)
    /// SIGTERM; it starts again after a time.
    case stopNode(Role, number: Int, away: Int)
    /// SIGSTOP, and SIGCONT after a time.
    case pauseNode(Role, number: Int, time: Int)
    /// SIGKILL; it starts again after a time.
    case killStore(Store, away: Int)
    /// A clean stop and start.
    case restartStore(Store)
    /// SIGSTOP of all its processes, and SIGCONT after a time.
    case pauseStore(Store, time: Int)
    /// Postgres ends all its connections.
    case terminateBackends
    /// Nobody can write the table for a time.
    case lockTable(String, time: Int)
    /// SIGKILL of Redis; its append-only file loses all after a place, a part of the whole, before it starts again.
    case cutFile(at: Double, away: Int)
    /// SIGKILL of Redis; it starts again without its data.
    case removeFile(away: Int)
    case scriptFlush
    case flushAll
    /// Redis does nothing for a time.
    case debugSleep(time: Int)
    /// SIGKILL of Redis; its replica takes its place.
    case promoteReplica
    /// The way from nodes to a store is bad for a time.
    case path(Role, Store, FaultProxy.Mode, time: Int)
    /// The connections of nodes with a store are reset.
    case reset(Role, Store)

    /// Whether Redis may have lost updates afterwards that it had answered.
    var losesData: Bool {
        switch self {
        case .cutFile, .removeFile, .flushAll, .promoteReplica: true
        default: false
        }
    }

    var description: String {
        switch self {
        case .killNode(let role, let number, let away): "SIGKILL \(role.rawValue) \(number), away \(away) ms"
        case .stopNode(let role, let number, let away): "SIGTERM \(role.rawValue) \(number), away \(away) ms"
        case .pauseNode(let role, let number, let time): "SIGSTOP \(role.rawValue) \(number) for \(time) ms"
        case .killStore(let store, let away): "SIGKILL \(store.rawValue), away \(away) ms"
        case .restartStore(let store): "restart \(store.rawValue)"
        case .pauseStore(let store, let time): "SIGSTOP \(store.rawValue) for \(time) ms"
        case .terminateBackends: "terminate all backends of Postgres"
        case .lockTable(let table, let time): "LOCK TABLE \(table) for \(time) ms"
        case .cutFile(let place, let away): "SIGKILL redis, file cut at \(Int(place * 1000)) ‰, away \(away) ms"
        case .removeFile(let away): "SIGKILL redis, file removed, away \(away) ms"
        case .scriptFlush: "SCRIPT FLUSH"
        case .flushAll: "FLUSHALL"
        case .debugSleep(let time): "DEBUG SLEEP of \(time) ms"
        case .promoteReplica: "SIGKILL redis, its replica takes its place"
        case .path(let role, let store, let mode, let time):
            "\(mode) between \(role.rawValue)s and \(store.rawValue) for \(time) ms"
        case .reset(let role, let store): "reset connections of \(role.rawValue)s with \(store.rawValue)"
        }
    }
}
