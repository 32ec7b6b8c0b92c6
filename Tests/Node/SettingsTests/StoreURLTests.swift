import NodeTestSupport
import Settings
import Testing

/// A URL that would stop a node later is found when the configuration is read. The message names the variable and
/// shows no secret.
@Suite("The stores' URLs") struct StoreURLTests {
    @Test(
        "a URL that Redis' client cannot use",
        arguments: [
            "redis://127.0.0.1:abc", "redis://127.0.0.1:0", "redis://127.0.0.1:65536", "redis://127.0.0.1:",
            "redis://127.0.0.1/abc", "redis://127.0.0.1/-1", "redis://127.0.0.1/1/2", "redis://127.0.0.1/99999999999",
            "redis://127.0.0.1?db=2", "redis://127.0.0.1#0", "redis://:se%zzsame@127.0.0.1",
            "redis://:sesame%2@127.0.0.1",
            "redis://user@127.0.0.1", "redis://user:@127.0.0.1", "redis://:sesame@", "redis://::1:6379",
            "redis://[::1:6379", "redis://[::1]x", "rediss://:ses/ame@127.0.0.1",
        ])
    func redis(_ url: String) async {
        await Self.expectRefusal(of: "SCORECAST_REDIS_URL", url)
    }

    @Test(
        "a URL that libpq cannot use, or would refuse only when it connects",
        arguments: [
            "postgresql://x@127.0.0.1:abc/x", "postgresql://x@127.0.0.1:0/x", "postgresql://x@127.0.0.1:65536/x",
            "postgresql://x@127.0.0.1/x?port=abc", "postgresql://x@127.0.0.1/x?pgbouncer=true",
            "postgresql://x@127.0.0.1/x?schema=public", "postgresql://x:ses%zzame@127.0.0.1/x",
            "postgresql://x@127.0.0.1/x?sslmode=on", "postgresql://x@127.0.0.1/x?connect_timeout=soon",
            "postgresql://x@127.0.0.1/x?target_session_attrs=master", "postgresql://x@127.0.0.1/x?keepalives_idle=1s",
            "postgresql://x@a,b:1/x?port=1,2,3", "postgresql://x@a,b/x?hostaddr=127.0.0.1", "postgresql://x@[::1/x",
        ])
    func postgres(_ url: String) async {
        await Self.expectRefusal(of: "SCORECAST_POSTGRES_URL", url)
    }

    @Test(
        "URLs that can be used",
        arguments: [
            ("SCORECAST_REDIS_URL", "redis://127.0.0.1"), ("SCORECAST_REDIS_URL", "redis://:a%2Fb@[::1]:6380/3"),
            ("SCORECAST_REDIS_URL", "rediss://user:p%40ss@redis.example:6379/0"),
            ("SCORECAST_REDIS_URL", "redis://127.0.0.1/"),
            ("SCORECAST_POSTGRES_URL", "postgresql:///scorecast"), ("SCORECAST_POSTGRES_URL", "postgres://x@h"),
            ("SCORECAST_POSTGRES_URL", "postgresql://a:1,b:2/x?target_session_attrs=read-write&sslmode=verify-full"),
            ("SCORECAST_POSTGRES_URL", "postgresql://x@a,b:5432/x?hostaddr=10.0.0.1,10.0.0.2&connect_timeout=3"),
            ("SCORECAST_POSTGRES_URL", "postgresql://x@%2Fvar%2Frun%2Fpostgresql/x"),
            ("SCORECAST_POSTGRES_URL", "postgresql://x@h/x?options=-c%20tcp_keepalives_idle%3D15&keepalives_idle=15"),
        ])
    func usable(_ name: String, _ url: String) async throws {
        var environment = Fixture.complete
        environment[name] = url
        _ = try await NodeConfiguration.load(environment: environment, roles: .all)
    }

    @Test("both URLs and what else is wrong are told at once")
    func together() async {
        var environment = Fixture.complete
        environment["SCORECAST_REDIS_URL"] = "redis://127.0.0.1:abc"
        environment["SCORECAST_POSTGRES_URL"] = "postgresql://x@127.0.0.1:abc/x"
        environment["SCORECAST_HTTP_PORT"] = "no"
        let keys = await problems(environment, roles: .all).map(\.key)
        #expect(Set(keys) == ["SCORECAST_REDIS_URL", "SCORECAST_POSTGRES_URL", "SCORECAST_HTTP_PORT"])
    }

    @Test("a key set's URL that a download would refuse")
    func keySet() {
        var configuration = NodeConfiguration()
        configuration.jwtKeySet = .url("http://id.example/keys")
        #expect(configuration.validate(for: []).map(\.key) == ["SCORECAST_JWT_JWKS"])
        configuration.jwtKeySet = .url("https://id.example/keys")
        #expect(configuration.validate(for: []).isEmpty)
    }

    private static func expectRefusal(of name: String, _ url: String) async {
        var environment = Fixture.complete
        environment[name] = url
        let found = await problems(environment, roles: .all)
        #expect(found.map(\.key) == [name], "\(url)")
        for problem in found {
            for leak in ["sesame", "zz"] { #expect(!problem.description.contains(leak), "\(problem)") }
        }
    }
}
