import Settings

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The kernel's figures about this process, under the names that Prometheus' own client libraries use.
package struct ProcessStatistics: Equatable, Sendable {
    /// Memory in RAM, in bytes.
    package var residentBytes: Int64?
    /// User and system CPU time, in seconds.
    package var cpuSeconds: Double?
    /// When the process began, in seconds since 1970.
    package var startSeconds: Double?
    /// Open file descriptors.
    package var openDescriptors: Int?

    /// Nothing known.
    package init() {}

    /// Reads the text of `/proc/<pid>/stat` (proc(5)). Values that can't be read stay nil.
    ///
    /// - Parameters:
    ///   - stat: one line; the second field is the command in brackets and may hold spaces and brackets itself.
    ///   - bootSeconds: when the machine started, in seconds since 1970.
    ///   - ticksPerSecond: the unit of CPU times.
    ///   - pageBytes: the unit of memory.
    package init(stat: String, bootSeconds: Int64?, ticksPerSecond: Int, pageBytes: Int) {
        guard let command = stat.lastIndex(of: ")"), ticksPerSecond > 0 else { return }
        // After the command comes field 3; the numbers below are those of proc(5).
        let fields = stat[stat.index(after: command)...].split(whereSeparator: \.isWhitespace)
        func field(_ number: Int) -> Int64? { number - 3 < fields.count ? Int64(fields[number - 3]) : nil }

        if let user = field(14), let system = field(15) {
            cpuSeconds = (Double(user) + Double(system)) / Double(ticksPerSecond)
        }
        if let start = field(22), let bootSeconds {
            startSeconds = Double(bootSeconds) + Double(start) / Double(ticksPerSecond)
        }
        residentBytes = field(24).map { $0.multipliedReportingOverflow(by: Int64(pageBytes)).partialValue }
    }

    /// Seconds since 1970 when the machine started, from the text of `/proc/stat`.
    package static func bootSeconds(procStat: String) -> Int64? {
        let line = procStat.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Int64($0.dropFirst(6)) }
    }
}

extension ProcessStatistics {
    /// This process now; nothing on systems other than Linux.
    package static func current() -> ProcessStatistics {
        #if os(Linux)
            guard let stat = procText("/proc/self/stat") else { return ProcessStatistics() }
            var statistics = ProcessStatistics(
                stat: stat, bootSeconds: bootSecondsOnce, ticksPerSecond: sysconf(Int32(_SC_CLK_TCK)),
                pageBytes: sysconf(Int32(_SC_PAGESIZE)))
            statistics.openDescriptors = openDescriptorCount()
            return statistics
        #else
            return ProcessStatistics()
        #endif
    }

    #if os(Linux)
        /// It doesn't change while the process runs, and the file is long on machines with many cores.
        private static let bootSecondsOnce: Int64? = procText("/proc/stat").flatMap { bootSeconds(procStat: $0) }

        private static func procText(_ path: String) -> String? {
            (try? BoundedFile.read(path: path, limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
        }

        private static func openDescriptorCount() -> Int? {
            guard let directory = opendir("/proc/self/fd") else { return nil }
            defer { closedir(directory) }
            var entries = 0
            while readdir(directory) != nil { entries += 1 }
            // Not counted: `.`, `..`, and the descriptor of this very listing.
            return max(0, entries - 3)
        }
    #endif
}

extension ProcessStatistics {
    /// The names of ``families``, which no other metric may have.
    package static let names: Set<String> = [
        "process_resident_memory_bytes", "process_cpu_seconds_total", "process_start_time_seconds", "process_open_fds",
    ]

    /// The known values, as families.
    var families: [(String, MetricFamily)] {
        var families: [(String, MetricFamily)] = []
        func add(_ name: String, _ kind: MetricKind, _ help: String, _ value: Double?) {
            guard let value else { return }
            families.append((name, .single(kind, help: help, value: ExpositionPage.number(value))))
        }
        add("process_resident_memory_bytes", .gauge, "Resident memory size in bytes.", residentBytes.map(Double.init))
        add("process_cpu_seconds_total", .counter, "Total user and system CPU time spent in seconds.", cpuSeconds)
        add(
            "process_start_time_seconds", .gauge, "Start time of the process since unix epoch in seconds.", startSeconds
        )
        add("process_open_fds", .gauge, "Number of open file descriptors.", openDescriptors.map(Double.init))
        return families
    }
}
