import Access

/// The token that a connection has shown, once it was found good. Connections without a token have none.
///
/// It waits in its loop's wheel of passes while the connection is in a private room.
final class WatcherToken: WheelEntry {
    var wheelPlace = WheelPlace.none
    /// Kept to be checked again when the keys have changed. Never logged, never sent.
    let token: [UInt8]
    var term: TokenTerm
    /// Whose it is. It belongs to the connection, so it is not what keeps that alive.
    weak var session: (any HubSession)?

    init(token: [UInt8], term: TokenTerm) {
        self.token = token
        self.term = term
    }
}
