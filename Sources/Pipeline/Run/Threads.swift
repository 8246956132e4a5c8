// Threads, and the one way in which they share anything. `unsafe` marks calls of the C library.
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A value that several threads change in turn, and may wait for.
///
/// `@unchecked Sendable`: `value` is reached in `take` and `update` only, both of which hold the mutex; the
/// mutex and the condition live at fixed addresses from `init` to `deinit`.
@safe
final class Monitor<Value>: @unchecked Sendable {
    private var value: Value
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    init(_ value: Value) {
        self.value = value
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe condition.initialize(to: pthread_cond_t())
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(condition, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Waits until `pick` finds something, and returns it.
    func take<Found>(_ pick: (inout Value) -> Found?) -> Found {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let found = pick(&value) { return found }
            unsafe pthread_cond_wait(condition, mutex)
        }
    }

    /// Changes the value, and wakes all that wait.
    func update(_ change: (inout Value) -> Void) {
        unsafe pthread_mutex_lock(mutex)
        change(&value)
        unsafe pthread_cond_broadcast(condition)
        unsafe pthread_mutex_unlock(mutex)
    }
}

/// Threads that run beside the one that makes them, which has to join them.
struct Threads: ~Copyable {
    private var handles: [pthread_t] = []

    /// Starts up to `count` threads; fewer where the system has no more.
    init(_ count: Int, _ body: @escaping @Sendable () -> Void) {
        for _ in 0..<count {
            // Retained here, released by the thread that takes it; by us where there is none.
            let work = unsafe Unmanaged.passRetained(Work(body))
            #if canImport(Darwin)
                var handle: pthread_t?
                let result = unsafe pthread_create(&handle, nil, runWork, work.toOpaque())
                guard result == 0, let handle = unsafe handle else {
                    unsafe work.release()
                    break
                }
                unsafe handles.append(handle)
            #else
                var handle = pthread_t()
                let result = unsafe pthread_create(&handle, nil, runWork, work.toOpaque())
                guard result == 0 else {
                    unsafe work.release()
                    break
                }
                handles.append(handle)
            #endif
        }
    }

    /// Waits for all of them to end.
    consuming func join() {
        for handle in handles { pthread_join(handle, nil) }
    }

    /// Processors that may be used.
    static var processors: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}

private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

#if canImport(Darwin)
    private func runWork(_ work: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body()
        return nil
    }
#else
    private func runWork(_ work: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let work = unsafe work { unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
        return nil
    }
#endif
