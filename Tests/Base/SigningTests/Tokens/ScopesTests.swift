import Signing
import Testing

struct ScopesTests {
    @Test func playersMayNotChangeBoards() {
        #expect(!Role.player.scopes.contains(.boardsWrite))
        #expect(Role.admin.scopes == .all)
    }

    @Test func namesAreRead() {
        #expect(Scopes(name: "scores:write") == .scoresWrite)
        #expect(Scopes(name: "scores") == nil)
        #expect(Scopes.all.names.count == 13)
    }
}
