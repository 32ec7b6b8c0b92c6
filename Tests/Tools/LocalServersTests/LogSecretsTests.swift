import TestSupport
import Testing

struct LogSecretsTests {
    private let environment = [
        "SCORECAST_JWT_SECRET": "a-secret-of-at-least-thirty-two-bytes",
        "SCORECAST_ACTION_KEYS": "k1:MDEyMzQ1Njc4OWFiY2RlZg==",
        "SCORECAST_REDIS_URL": "redis://user:long-password@127.0.0.1:6379",
    ]

    @Test(arguments: [
        "secret a-secret-of-at-least-thirty-two-bytes", "key MDEyMzQ1Njc4OWFiY2RlZg==", "at user:long-password@host",
        "bearer sck_0123456789abcdefghijklmnopqrstuvwxyz01234567890",
        "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJl",
        "stored $scrypt$ln=17,r=8,p=1$c2FsdA$aGFzaA",
    ])
    func findsSecrets(_ line: String) {
        #expect(LogSecrets.places(in: "before\n\(line)\nafter", environment: environment).count == 1)
    }

    @Test(arguments: ["key k1 is used", "sck_ is the prefix", "eyJ alone", "user long"])
    func passesOthers(_ line: String) {
        #expect(LogSecrets.places(in: line, environment: environment).isEmpty)
    }
}
