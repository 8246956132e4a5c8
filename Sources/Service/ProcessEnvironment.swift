#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Variables of the environment.
public enum ProcessEnvironment {
    /// The value of a variable; nil where it is not set or empty.
    public static func value(_ name: String) -> String? {
        guard let text = unsafe getenv(name) else { return nil }
        let value = unsafe String(cString: text)
        return value.isEmpty ? nil : value
    }

    /// Takes a secret out of the environment: read once, it is gone for whoever looks into this process
    /// later.
    static func take(_ name: String) -> String? {
        defer { unsafe _ = unsetenv(name) }
        return value(name)
    }

    /// The name of this machine.
    static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
