import CLibPQ
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// libpq's environment variables (PostgreSQL 34.15), which this process does not follow: the URL alone says where to
/// connect and how. A variable that was set for `psql` would otherwise lead a connection elsewhere (`PGHOSTADDR`), keep
/// it from being made (`PGSERVICE`), or change its session (`PGOPTIONS`).
///
/// They are removed from the process's environment, since libpq has no other way to ignore all of them. That happens
/// once, when the first pool is made and before its threads start.
enum PostgresEnvironment {
    /// Those that are not the default of a connection parameter.
    private static let others = [
        "PGSERVICEFILE", "PGSYSCONFDIR", "PGLOCALEDIR", "PGDATESTYLE", "PGTZ", "PGGEQO", "PGREALM",
    ]

    private static let removed: [String] = {
        let names = (parameterVariables() + others).filter { getenv($0) != nil }
        for name in names { unsetenv(name) }
        return Set(names).sorted()
    }()
    private static let isTold = Atomic(false)

    /// Removes the variables. Returns the names of those that were set, the first time only.
    static func forget() -> [String] {
        let names = removed
        return isTold.exchange(true, ordering: .relaxed) ? [] : names
    }

    /// The variables that give defaults for connection parameters, as this libpq lists them.
    private static func parameterVariables() -> [String] {
        guard let list = PQconninfoParse("", nil) else { return [] }
        defer { PQconninfoFree(list) }
        var names: [String] = []
        var entry = list
        while entry.pointee.keyword != nil {
            if let name = entry.pointee.envvar { names.append(String(cString: name)) }
            entry += 1
        }
        return names
    }
}
