#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Standard input, output and error of this process, where whoever started it had closed one.
public enum StandardDescriptors {
    /// Gives a number that is closed to the null device, for the first file to be opened would get it: a
    /// segment of the log would be read as standard input, or messages would be written into it.
    ///
    /// The null device is opened the wrong way round, so that reading or writing fails as it does on what is
    /// closed. To be called before any file is opened. The `unsafe` call passes text of its own.
    public static func occupy() {
        for (number, direction) in [(Int32(0), O_WRONLY), (1, O_RDONLY), (2, O_RDONLY)]
        where fcntl(number, F_GETFD) < 0 {
            // The lowest number that is free: all before it are taken by now.
            _ = unsafe open("/dev/null", direction)
        }
    }
}
