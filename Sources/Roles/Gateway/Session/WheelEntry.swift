/// An object that can wait in a `TimerWheel`.
package protocol WheelEntry: AnyObject {
    /// Where it waits. Only the wheel changes it.
    var wheelPlace: WheelPlace { get set }
}
