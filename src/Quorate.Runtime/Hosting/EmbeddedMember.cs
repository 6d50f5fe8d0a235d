using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Runtime;

/// <summary>
/// The member of a host: starts and stops with it, and can be injected before it runs. A call before the start throws.
/// </summary>
internal sealed class EmbeddedMember : IQuorate, IHostedService, IAsyncDisposable
{
    private readonly QuorateOptions _options;
    private readonly Func<IStateMachine> _createStateMachine;
    private readonly ILoggerFactory _loggers;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<QuorateHost> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile QuorateHost? _host;

    public EmbeddedMember(
        QuorateOptions options, Func<IStateMachine> createStateMachine, ILoggerFactory loggers, IHostApplicationLifetime lifetime)
    {
        _options = options;
        _createStateMachine = createStateMachine;
        _loggers = loggers;
        _lifetime = lifetime;
    }

    public string Name => _options.Name;

    public MemberId Id => _options.MemberId;

    public ReplicaStatus Status => Host.Status;

    public Task<string> Failed => _failed.Task;

    private QuorateHost Host => _host ?? throw new InvalidOperationException(
        $"member '{Name}' does not run yet: it starts with the host; a hosted service that needs it is to be registered after it");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        QuorateHost host;
        IStateMachine stateMachine = _createStateMachine();
        try
        {
            host = await QuorateHost.StartAsync(_options, stateMachine, _loggers, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            // Beside all else that a host starts, the failure must tell by itself whose it is.
            throw new QuorateStartException(Name, _options.DataFolder, e);
        }

        _host = host;
        _started.TrySetResult(host);
        _ = WatchAsync(host);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _host?.StopAsync().WaitAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_host is { } host)
        {
            await host.DisposeAsync().ConfigureAwait(false);
        }
    }

    public void Propose(Proposal proposal) => Host.Propose(proposal);

    public void Read(ReadRequest read) => Host.Read(read);

    public void TransferLeadership(MemberId target, Action<TransferOutcome> completed) => Host.TransferLeadership(target, completed);

    public void AddDuty(IReplicaDuty duty) => Host.AddDuty(duty);

    public void RequestSnapshot() => Host.RequestSnapshot();

    public Task<ProposalOutcome> ProposeAsync(ReadOnlyMemory<byte> command, TimeSpan? timeout, CancellationToken cancellationToken) =>
        Host.ProposeAsync(command, timeout, cancellationToken);

    public Task<ReadOutcome> ReadAsync(
        ReadConsistency consistency, long tokenIndex, TimeSpan? timeout, CancellationToken cancellationToken) =>
        Host.ReadAsync(consistency, tokenIndex, timeout, cancellationToken);

    public Task<TransferOutcome> TransferLeadershipAsync(MemberId target, CancellationToken cancellationToken) =>
        Host.TransferLeadershipAsync(target, cancellationToken);

    public async Task<MemberId> WaitForLeaderAsync(CancellationToken cancellationToken)
    {
        QuorateHost host = await _started.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await host.WaitForLeaderAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task WatchAsync(QuorateHost host)
    {
        string what = await host.Failed.ConfigureAwait(false);
        _failed.TrySetResult(what);
        if (_options.StopHostOnFailure)
        {
            Environment.ExitCode = 1;
            _lifetime.StopApplication();
        }
    }
}
