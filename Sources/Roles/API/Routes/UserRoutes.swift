import Access
import HTTPKit
import Hummingbird
import Leaderboard
import NIOCore
import NIOHTTP1

/// `DELETE /users/{user_id}`: deletes a user everywhere, for administrators.
struct UserRoutes: Sendable {
    let users: any UserDeletion
    let store: any CatalogueStore
    let catalogue: any CatalogueSource
    let heads: HeadCache
    let gate: RequestGate

    func addRoutes(to router: Router<some RemoteAddressRequestContext>) {
        router.delete("/users/{user_id}") { request, context in
            await gate.respond {
                try await gate.requireAdmin(request, context)
                try await delete(try gate.userID(context))
                return Reply(status: .noContent, body: ByteBuffer())
            }
        }
        router.refuseOtherMethods(on: "/users/{user_id}", allowed: [.delete])
    }

    private func delete(_ userID: String) async throws(APIError) {
        do throws(StoreError) {
            // The stored boards: this node may not know the newest ones.
            let boards = try await store.load().boards.values.sorted { $0.id < $1.id }
            _ = try await users.delete(userID, from: boards)
            for board in boards { heads.outdate(board.id) }
        } catch {
            catalogue.recordFailure(error)
            throw .unavailable
        }
    }
}
