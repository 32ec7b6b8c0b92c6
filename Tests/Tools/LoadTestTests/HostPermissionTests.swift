import LoadTest
import Testing

@Suite("Owners of hosts")
struct HostPermissionTests {
    private let names: [String: [[UInt8]]] = [
        "localhost": [[127, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
        "127.0.0.1": [[127, 0, 0, 1]], "127.8.8.8": [[127, 8, 8, 8]],
        "::1": [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
        "::ffff:127.0.0.1": [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127, 0, 0, 1]],
        "both": [[127, 0, 0, 1], [10, 0, 0, 1]], "api1": [[10, 0, 0, 1]], "0.0.0.0": [[0, 0, 0, 0]],
        "127.evil.example": [[203, 0, 113, 7]], "localhost.evil.example": [[203, 0, 113, 7]],
    ]

    private func refusal(_ urls: [String], owned: [String] = []) -> String? {
        do {
            try HostPermission.check(urls, owned: owned) { names[$0] ?? [] }
            return nil
        } catch {
            return error.description
        }
    }

    @Test(
        "the loopback is this machine's, by address and by name",
        arguments: [
            "http://127.0.0.1:8080", "http://127.8.8.8", "ws://localhost:1", "wss://LocalHost/ws", "http://[::1]:80",
            "http://[::ffff:127.0.0.1]:80",
        ])
    func loopback(_ url: String) {
        #expect(refusal([url]) == nil)
    }

    @Test(
        "all other names are refused, also those that only look alike, have one address elsewhere, or are unknown",
        arguments: [
            "http://api1:8080", "ws://both:1", "http://0.0.0.0:80", "http://127.evil.example",
            "http://localhost.evil.example", "http://nowhere",
        ])
    func elsewhere(_ url: String) {
        let words = refusal(["http://127.0.0.1:80", url]) ?? ""
        #expect(words.hasPrefix("Nothing was sent: ") && words.contains("--yes-this-is-mine "))
    }

    @Test("every host has to be named, exactly")
    func owned() {
        let urls = ["http://api1:8080", "https://api1", "ws://both:1", "http://[2001:db8::7]:80"]
        #expect(refusal(urls, owned: ["api1", "both", "2001:db8::7"]) == nil)
        #expect(refusal(urls, owned: ["api1", "both", "[2001:db8::7]"]) == nil)
        for owned in [["api"], ["api11"], ["*"], ["api1:8080"], ["http://api1"], [""], ["both"]] {
            #expect(refusal(["http://api1:8080"], owned: owned)?.contains("--yes-this-is-mine api1") == true)
        }
        let both = refusal(urls, owned: ["2001:db8::7"]) ?? ""
        #expect(
            both.contains("api1, both are not") && both.hasSuffix("--yes-this-is-mine api1 --yes-this-is-mine both"))
    }

    @Test("the system's resolver knows the loopback")
    func resolver() throws {
        for host in ["127.0.0.1", "::1", "localhost"] {
            let addresses = HostPermission.addresses(of: host)
            #expect(!addresses.isEmpty && addresses.allSatisfy(HostPermission.isLoopback), "\(host): \(addresses)")
        }
        #expect(HostPermission.addresses(of: "192.0.2.1") == [[192, 0, 2, 1]])
        #expect(HostPermission.addresses(of: "2001:db8::7").first?.count == 16)
        #expect(!HostPermission.isLoopback([]) && !HostPermission.isLoopback([127]))
    }
}
