/// How changes are told to a client.
package enum PushMode: String, Hashable, Sendable {
    /// Each message holds the whole top.
    case full
    /// After the first one, each message holds what has changed.
    case delta
}
