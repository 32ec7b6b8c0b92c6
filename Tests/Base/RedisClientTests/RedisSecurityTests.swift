import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import RedisClient
import TestSupport
import Testing

/// Passwords, ACL users, databases and TLS.
struct RedisSecurityTests {
    @Test func passwordOfTheDefaultUser() async throws {
        try await withRedisServer(arguments: ["--requirepass", "p@ss word"]) { server in
            var configuration = server.configuration
            try await expectNoConnection(configuration, serverCode: "NOAUTH")
            configuration.password = "wrong"
            try await expectNoConnection(configuration, serverCode: "WRONGPASS")
            configuration.password = "p@ss word"
            try await withClient(configuration) { client async throws in
                #expect(try await client.command("ACL", "WHOAMI").string == "default")
            }
        }
    }

    @Test func userDatabaseAndName() async throws {
        try await withRedisServer(arguments: ["--user", "app", "on", ">secret", "~*", "&*", "+@all"]) { server in
            let url = "redis://app:secret@127.0.0.1:\(server.port)/3"
            try await withClient(RedisConfiguration(url: url, clientName: "score-1")) { client in
                #expect(try await client.command("ACL", "WHOAMI").string == "app")
                let info = try await client.command("CLIENT", "INFO").string ?? ""
                #expect(info.contains(" db=3 "))
                #expect(info.contains(" name=score-1 "))
            }
            var outOfRange = server.configuration
            outOfRange.database = 16
            try await expectNoConnection(outOfRange, serverCode: "ERR")
        }
    }

    @Test func tlsWithTheRightAuthority() async throws {
        let certificates = try TestCertificates()
        defer { certificates.remove() }
        try await withRedisServer(tls: certificates) { server in
            var configuration = server.tlsConfiguration
            configuration.caCertificateFile = certificates.authority
            try await withClient(configuration) { client async throws in
                #expect(try await client.command("ECHO", "private").string == "private")
                let large = String(repeating: "x", count: 300_000)
                #expect(try await client.command("ECHO", large).string == large)
            }
        }
    }

    /// TLS closes with a message from each side. Callers must not wait for that of a dead peer.
    @Test func tlsPeerThatHangs() async throws {
        let certificates = try TestCertificates()
        defer { certificates.remove() }
        try await withRedisServer(tls: certificates) { server in
            var configuration = server.tlsConfiguration
            configuration.caCertificateFile = certificates.authority
            configuration.commandTimeout = .milliseconds(500)
            try await withClient(configuration) { client in
                server.freeze()
                let elapsed = await ContinuousClock().measure {
                    let error = await #expect(throws: RedisError.self) { try await client.command("PING") }
                    #expect(error?.code == .unknownOutcome)
                }
                // The client waits 5 s for the peer's closing message.
                #expect(elapsed < .seconds(5))
                server.thaw()
                try await client.waitUntilConnected(timeout: .seconds(30))
                try await eventually { (try? await client.command("PING").string) == "PONG" }
            }
        }
    }

    @Test func tlsRefusesWhatDoesNotVerify() async throws {
        let certificates = try TestCertificates()
        let others = try TestCertificates()
        defer {
            certificates.remove()
            others.remove()
        }
        try await withRedisServer(tls: certificates) { server in
            var configuration = server.tlsConfiguration
            // The test's authority is not among those of the system.
            try await expectNoConnection(configuration)
            configuration.caCertificateFile = others.authority
            try await expectNoConnection(configuration)
            // The certificate is for the name `localhost`, not for the address.
            configuration.caCertificateFile = certificates.authority
            configuration.host = "127.0.0.1"
            try await expectNoConnection(configuration)
            // The server does not speak TLS on this port.
            configuration.port = server.port
            try await expectNoConnection(configuration)
        }
    }

    /// Makes one attempt to connect, without a client, and expects it to fail.
    private func expectNoConnection(_ configuration: RedisConfiguration, serverCode: String? = nil) async throws {
        let connector = try RedisConnector(configuration: configuration, scripts: [])
        let error = await #expect(throws: RedisError.self) {
            try await connector.connect(on: MultiThreadedEventLoopGroup.singleton.next()).get().channel.close().get()
        }
        #expect(error?.serverCode == serverCode)
        if let password = configuration.password { #expect(error.map { !"\($0)".contains(password) } == true) }
    }
}
