import Access
import HTTPKit
import HTTPTypes
import Leaderboard
import NIOCore
import NIOHTTP1
import Signing

/// `DELETE /users/{user_id}`: deletes a user everywhere, for administrators.
struct UserRoutes: Sendable {
    let users: any UserDeletion
    let store: any CatalogueStore
    let catalogue: any CatalogueSource
    let heads: HeadCache
    let audit: any AuditLog

    func addRoutes(to table: inout RouteTable) {
        table.add(.delete, "/users/{user_id}", .admins(.moderation)) { request in
            let pseudonym = try await delete(try request.userID)
            // The log must not keep the user id either.
            audit.record(request.auditEntry("user.delete", of: pseudonym))
            return Reply(status: .noContent, body: ByteBuffer())
        }
    }

    private func delete(_ userID: String) async throws(APIError) -> String {
        do throws(StoreError) {
            // The stored boards: this node may not know the newest ones.
            let boards = try await store.load().boards.values.sorted { $0.id < $1.id }
            let pseudonym = try await users.delete(userID, from: boards)
            for board in boards { heads.outdate(board.id) }
            return pseudonym
        } catch {
            catalogue.recordFailure(error)
            throw .unavailable
        }
    }
}
