import Foundation
import TestSupport
import Testing

/// Facts about a running node that are visible from outside.
enum NodeFacts {
    /// Returns the memory of a process in RAM, in bytes.
    static func residentBytes(of pid: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }

    /// Returns the CPU time of a process, in seconds.
    static func cpuSeconds(of pid: Int32) throws -> Double {
        let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return .nan }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

/// The limit of open files of the test process.
enum OpenFiles {
    /// Expects room for `count` files and sockets, and raises the soft limit if necessary.
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
    /// Returns one sample of `/metrics`, with the labels in its name; 0 if it is not there yet.
    func metric(_ name: String) async throws -> Int {
        let page = try await TinyHTTP.request(port: port, "/metrics").text
        let line = page.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line.flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }.map { Int($0) } ?? 0
    }

    /// Returns the response of `/readyz`.
    func readiness() async throws -> (status: Int, text: String) {
        let answer = try await TinyHTTP.request(port: port, "/readyz", timeout: .seconds(3))
        return (answer.status, answer.text)
    }
}
