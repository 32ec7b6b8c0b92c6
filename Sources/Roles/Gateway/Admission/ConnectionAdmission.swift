import Access
import EventLoops
import Listener
import NIOCore
import NIOHTTP1

/// The way into the gateway, for WebSockets and event streams alike: limits first, which cost nothing, then the wait
/// for one's turn, then the token, which may cost a signature.
struct ConnectionAdmission: Sendable {
    let status: NodeStatus
    let hubs: LoopLocal<LoopHub>
    let finder: ClientAddressFinder

    /// The result for a connection that is let in.
    struct Admission: Sendable {
        /// The hub of its loop.
        let hub: LoopReference<LoopHub>
        /// The client address that it counts for; nil if nobody counts.
        let quota: ClientQuotas.Quota?
        /// Its token, if it showed a valid one.
        let token: (bytes: [UInt8], term: TokenTerm)?
        /// The user of that token; nil for an API key.
        var userID: String?
        /// Whether that token may do what the routes of play do.
        var mayPlay = false
        /// Whether it showed a valid token that may not read scores.
        var lacksScope = false

        /// The token as its session keeps it.
        var watcherToken: WatcherToken? { token.map { WatcherToken(token: $0.bytes, term: $0.term) } }
    }

    /// The request of a connection. Small, since it may have to wait.
    struct Request: Sendable {
        /// The token that it shows.
        let token: [UInt8]?
        /// Whether the room that it wants is for valid tokens only. Then its token is worth a moment's wait for keys.
        let isPrivate: Bool
    }

    typealias Answer = @Sendable (Result<Admission, Refusal>) -> Void

    /// How often, and how far apart, a token is checked again if its key is being fetched: for 2 s in all.
    private static let keyTries = 8
    private static let keyWait = TimeAmount.milliseconds(250)
    /// Those that may wait for keys on one loop. Anybody can make up a key's name.
    private static let keyWaitersMax = 256

    /// Lets a connection in, or says why not; on its loop, once, within bounded time.
    func enter(_ request: Request, headers: HTTPHeaders, channel: any Channel, answer: @escaping Answer) {
        let loop = channel.eventLoop
        let quota = status.addresses.flatMap { book in
            finder.client(of: headers, socket: channel.remoteAddress).map { book.quota(of: $0) }
        }
        do throws(Refusal) {
            let hub = try place(quota, on: loop)
            let arrival = SteadyTime.nanoseconds
            // First, so that one address cannot use up the turns of all.
            guard quota?.joins?.admits(at: arrival) != false else { throw .addressRate }
            switch hub.value.admitHandshake(at: arrival) {
            case .now: finish(request, hub, quota, answer)
            case .refuse(let seconds): throw .rate(retryAfterSeconds: seconds)
            case .after(let nanoseconds):
                status.addWaitingHandshake()
                loop.scheduleTask(in: .nanoseconds(nanoseconds)) {
                    status.removeWaitingHandshake()
                    do throws(Refusal) {
                        // Much can have happened meanwhile.
                        guard channel.isActive else { throw .gone }
                        finish(request, try place(quota, on: loop), quota, answer)
                    } catch {
                        answer(.failure(error))
                    }
                }
            }
        } catch {
            answer(.failure(error))
        }
    }

    /// The limits that need no waiting.
    private func place(
        _ quota: ClientQuotas.Quota?, on loop: any EventLoop
    ) throws(Refusal) -> LoopReference<LoopHub> {
        guard !status.isDraining else { throw .draining }
        // A loop without a hub is not of the group that the gateway was made for.
        guard !status.isFull, let hub = hubs.reference(on: loop) else { throw .capacity }
        if let quota, status.addresses?.isFull(quota) == true { throw .address }
        return hub
    }

    private func refusalNow(_ quota: ClientQuotas.Quota?, on loop: any EventLoop) -> Refusal? {
        do throws(Refusal) {
            _ = try place(quota, on: loop)
            return nil
        } catch {
            return error
        }
    }

    private func finish(
        _ request: Request, _ hub: LoopReference<LoopHub>, _ quota: ClientQuotas.Quota?, _ answer: @escaping Answer
    ) {
        guard let tokens = hub.value.settings.tokens, let token = request.token else {
            return answer(.success(Admission(hub: hub, quota: quota, token: nil)))
        }
        let mayWait = request.isPrivate
        check(token, with: tokens, on: hub, patience: mayWait ? Self.keyTries : 0) { outcome in
            // Much can have happened while it waited for keys.
            if mayWait, let refusal = refusalNow(quota, on: hub.eventLoop) { return answer(.failure(refusal)) }
            switch outcome {
            case .success(let term):
                let userID = tokens.user(of: token, on: hub.eventLoop)
                let mayPlay = (try? tokens.term(of: token, for: Gateway.playAccess, on: hub.eventLoop)) != nil
                answer(
                    .success(
                        Admission(hub: hub, quota: quota, token: (token, term), userID: userID, mayPlay: mayPlay)))
            case .failure(.noKeys) where request.isPrivate, .failure(.notKnown) where request.isPrivate:
                answer(.failure(.noKeys))
            case .failure(let refusal):
                answer(
                    .success(Admission(hub: hub, quota: quota, token: nil, lacksScope: refusal == .forbidden)))
            }
        }
    }

    private func check(
        _ token: [UInt8], with tokens: TokenVerifiers, on hub: LoopReference<LoopHub>, patience: Int,
        then: @escaping @Sendable (Result<TokenTerm, TokenRefusal>) -> Void
    ) {
        let outcome = Result { () throws(TokenRefusal) in
            try tokens.term(of: token, for: Gateway.access, on: hub.eventLoop)
        }
        guard case .failure(.unknownKey) = outcome, patience > 0, hub.value.addKeyWaiter(atMost: Self.keyWaitersMax)
        else { return then(outcome) }
        hub.eventLoop.scheduleTask(in: Self.keyWait) {
            hub.value.removeKeyWaiter()
            check(token, with: tokens, on: hub, patience: patience - 1, then: then)
        }
    }
}
