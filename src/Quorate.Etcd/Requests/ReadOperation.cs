using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.Requests;

/// <summary>Carries out a read on the state as it is now, on any thread; gives the answer or says what is wrong.</summary>
internal delegate EtcdError? ReadOperation<in TRequest, TResponse>(RequestPath path, TRequest request, out TResponse? response)
    where TResponse : class, IEtcdResponse;
