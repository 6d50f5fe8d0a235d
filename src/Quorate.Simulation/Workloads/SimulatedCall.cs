using Quorate.Etcd;
using Quorate.Etcd.Protocol;

namespace Quorate.Simulation.Workloads;

/// <summary>A call of a simulated client: its outcome goes back to the client.</summary>
internal sealed class SimulatedCall<TResponse>(TimeSpan timeout, Action<IEtcdResponse> succeeded, Action<EtcdError> failed)
    : EtcdCall<TResponse>
    where TResponse : class, IEtcdResponse
{
    public override TimeSpan? Timeout => timeout;

    protected override void Succeeded(TResponse response) => succeeded(response);

    protected override void Failed(EtcdError error) => failed(error);
}
