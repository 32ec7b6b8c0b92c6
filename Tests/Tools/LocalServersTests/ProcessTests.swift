import Foundation
import LocalServers
import Testing

@Suite("Processes and ports")
struct ProcessTests {
    @Test("a port is never given out twice")
    func ports() async throws {
        let ports = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<200 { group.addTask { try FreePort.take() } }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(Set(ports).count == 200)
        #expect(ports.allSatisfy { (1024...65535).contains($0) })
    }

    @Test("a process gets the descriptors that are meant, and no other")
    func descriptors() async throws {
        // A descriptor as a careless library might leave it: without close-on-exec.
        let leak = open("/dev/null", O_RDONLY)
        defer { close(leak) }
        let listing = try await ChildProcess.run(.init("/bin/ls", ["/proc/self/fd"]), within: .seconds(10))
        // 3 is the descriptor with which ls reads the folder.
        #expect(listing.split(separator: "\n") == ["0", "1", "2", "3"])
    }

    @Test("a process starts with every signal at its default")
    func signals() async throws {
        let status = try await ChildProcess.run(.init("/bin/cat", ["/proc/self/status"]), within: .seconds(10))
        let lines = status.split(separator: "\n")
        for set in ["SigBlk", "SigIgn"] {
            let line = try #require(lines.first { $0.hasPrefix(set) })
            // The C library keeps 32 and 33 to itself.
            let signals = try #require(UInt64(line.split(separator: "\t").last ?? "", radix: 16))
            #expect(signals & 0x7FFF_FFFF == 0, "\(line)")
        }
    }

    @Test("a process gets neither our settings nor Postgres' variables")
    func environment() async throws {
        let ours = ["SCORECAST_JWT_SECRET": "s", "PGDATABASE": "elsewhere", "HOME": "/h", "LC_ALL": "de_DE.UTF-8"]
        let plain = ChildProcess.Command.plainEnvironment(from: ours)
        #expect(plain == ["HOME": "/h", "LC_ALL": "C"])
        let command = ChildProcess.Command("/usr/bin/env", [], environment: plain)
        let lines = try await ChildProcess.run(command, within: .seconds(10)).split(separator: "\n")
        #expect(Set(lines) == ["HOME=/h", "LC_ALL=C"])
    }

    @Test("the failure of a command carries what it wrote")
    func failure() async throws {
        let error = await #expect(throws: LocalServerError.self) {
            try await ChildProcess.run(
                .init("/bin/sh", ["-c", "echo out; echo err >&2; exit 3"]), within: .seconds(10))
        }
        #expect(
            error == .commandFailed(command: "sh", reason: "it ended with code 3", output: "out\nerr")
        )
    }

    @Test("a command that does not end in time is killed")
    func timeout() async throws {
        let start = ContinuousClock.now
        await #expect(throws: LocalServerError.self) {
            try await ChildProcess.run(.init("/bin/sleep", ["60"]), within: .milliseconds(100))
        }
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test("a process that ignores the request to end is killed")
    func stubborn() async throws {
        let output = try Files.openNameless()
        let command = ChildProcess.Command("/bin/sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"])
        let child = try ChildProcess.spawn(command, output: output)
        _ = await Blocking.poll(for: .seconds(10)) { Files.read(output, from: 0, bytes_max: 9).isEmpty ? nil : true }
        #expect(await child.stop(SIGTERM, within: .milliseconds(200)) == .signal(SIGKILL))
        #expect(!child.isRunning)
    }

    @Test("what cannot be executed is an error")
    func notThere() throws {
        let output = try Files.openNameless()
        #expect(throws: LocalServerError.system(call: "posix_spawn", subject: "/nonexistent", code: ENOENT)) {
            _ = try ChildProcess.spawn(.init("/nonexistent", []), output: output)
        }
    }
}
