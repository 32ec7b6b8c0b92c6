import Access
import Signing
import Testing

struct RouteAccessTests {
    @Test func admitsByRoleAndScope() {
        let player = Claims(subject: "u1", role: .player, expiresAt: 0)
        let admin = Claims(subject: "a1", role: .admin, expiresAt: 0)
        let narrow = Claims(subject: "a1", role: .admin, expiresAt: 0, scopes: .scoresRead)
        let access = RouteAccess.admins(.boardsWrite)
        #expect(!access.admits(player))
        #expect(access.admits(admin))
        #expect(!access.admits(narrow))
    }
}
