import Access

/// The token that a connection has shown, if it was valid. Connections without a token have none.
///
/// It waits in its loop's wheel of tokens while the connection is in a private room.
final class WatcherToken: WheelEntry {
    var wheelPlace = WheelPlace.none
    /// Kept to be checked again when the keys have changed. Never logged, never sent.
    let token: [UInt8]
    var term: TokenTerm
    /// The connection that it belongs to. Weak, so that the token does not keep it alive.
    weak var session: (any HubSession)?

    init(token: [UInt8], term: TokenTerm) {
        self.token = token
        self.term = term
    }
}
