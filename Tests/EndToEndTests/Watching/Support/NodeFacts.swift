import Foundation
import TestSupport
import Testing

/// What can be known of a running node from outside.
enum NodeFacts {
    /// The memory of a process in RAM, in bytes.
    static func residentBytes(of pid: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }

    /// The CPU time of a process, in seconds.
    static func cpuSeconds(of pid: Int32) throws -> Double {
        let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return .nan }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

/// What the test process itself may open.
enum OpenFiles {
    /// Expects room for so many files and sockets, and makes it where the soft limit is in the way.
    static func allow(_ count: Int) throws {
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        try #require(getrlimit(resource, &limit) == 0)
        guard limit.rlim_cur < rlim_t(count) else { return }
        try #require(limit.rlim_max >= rlim_t(count), "ulimit -H -n must be at least \(count)")
        limit.rlim_cur = rlim_t(count)
        try #require(setrlimit(resource, &limit) == 0)
    }
}

extension ScorecastProcess {
    /// One sample of `/metrics`, named as it stands there, with its labels; 0 where it is not there yet.
    func metric(_ name: String) async throws -> Int {
        let page = try await TinyHTTP.request(port: port, "/metrics").text
        let line = page.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line.flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }.map { Int($0) } ?? 0
    }

    /// What `/readyz` answers.
    func readiness() async throws -> (status: Int, text: String) {
        let answer = try await TinyHTTP.request(port: port, "/readyz", timeout: .seconds(3))
        return (answer.status, answer.text)
    }
}
