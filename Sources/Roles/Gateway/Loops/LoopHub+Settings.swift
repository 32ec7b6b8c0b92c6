import Access
import Basics
import NIOCore
import WebSocket

extension LoopHub {
    /// The settings of the hub of one event loop. Times are in ticks of the hub's wheel, so that nothing is converted
    /// while it runs.
    struct Settings: Sendable {
        let liveness: Liveness.Settings
        /// Ticks between two heartbeats of an event stream.
        let heartbeat: Int
        /// How many ticks a heartbeat may come earlier or later.
        let heartbeatJitter: Int
        let closeWaitTicks: Int
        let drainPaceTicks: Int
        let drainLimitTicks: Int
        let drainSpreadMilliseconds: Int
        let roomsMax: Int
        let connectionMessagesMax: Int
        /// The age at which a publication comes too late to be pushed at once.
        let lateAge: TimeAmount
        let frames: InboundFrames.Limits
        /// This loop's share of the rate of handshakes; nil for no limit.
        let admission: AdmissionRate.Settings?
        let resolver: RoomResolver
        let tokens: TokenVerifiers?

        /// - Parameters:
        ///   - configuration: the gateway's.
        ///   - resolver: finds the rooms that clients name.
        ///   - loops: how many event loops share the node's rates.
        init(_ configuration: GatewayConfiguration, resolver: RoomResolver, loops: Int) {
            let settings = configuration.settings
            liveness = Liveness.Settings(
                ping: Self.ticks(settings.ping), jitter: Self.wholeTicks(settings.pingJitter),
                silence: Self.ticks(settings.silence))
            heartbeat = Self.ticks(settings.heartbeat)
            heartbeatJitter = Self.wholeTicks(settings.heartbeat / 5)
            closeWaitTicks = Self.ticks(settings.closeWait)
            drainPaceTicks = Self.ticks(settings.drainPace)
            drainLimitTicks = Self.ticks(configuration.drainLimit)
            drainSpreadMilliseconds = max(0, Int(clamping: settings.drainSpread.wholeMilliseconds))
            roomsMax = max(1, settings.roomsMax)
            connectionMessagesMax = max(1, settings.connectionMessagesMax)
            lateAge = TimeAmount(settings.lateAge)
            let bytes = GatewaySettings.messageBytesBounds
            frames = InboundFrames.Limits(
                messageBytesMax: min(max(settings.messageBytesMax, bytes.lowerBound), bytes.upperBound),
                messageFramesMax: max(1, settings.messageFramesMax))
            admission = settings.joinRate.map {
                AdmissionRate.Settings($0, waitMax: settings.joinWait, loops: loops)
            }
            self.resolver = resolver
            tokens = configuration.tokens
        }

        /// At least one tick, so that the hub never asks to be called within the same one.
        private static func ticks(_ time: Duration) -> Int { max(1, wholeTicks(time)) }

        private static func wholeTicks(_ time: Duration) -> Int {
            max(0, Int(clamping: time.wholeMilliseconds) / LoopHub.tickMilliseconds)
        }
    }
}
