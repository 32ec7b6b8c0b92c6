import NIOCore

/// The owner of a connection. All calls are on the connection's event loop.
protocol LinkOwner: AnyObject {
    /// The handshake is done; messages may come from now on.
    func opened(_ link: LinkHandler)
    /// A text message came.
    func received(_ message: ByteBuffer)
    /// A ping came, and was answered.
    func pinged()
    /// The attempt failed or the connection ended. Called once, as the last call.
    ///
    /// - Parameter heardFor: from the end of the handshake to the last frame.
    func lost(_ loss: ScoreboardLoss, heardFor: Duration)
}
