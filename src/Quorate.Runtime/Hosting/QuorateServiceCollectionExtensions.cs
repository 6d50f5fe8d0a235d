using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorate.Replica;
using Quorate.Runtime;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Embeds members of a cluster into a host.</summary>
public static class QuorateServiceCollectionExtensions
{
    /// <summary>
    /// Adds a member that starts and stops with the host; inject <see cref="IQuorate"/> to use it.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets name, data folder, members and whatever else differs from the defaults.</param>
    /// <param name="stateMachine">Makes the empty state machine that is replicated.</param>
    /// <remarks>
    /// <c>IHost.StartAsync</c> throws <see cref="QuorateStartException"/> if the member cannot start (its data folder is in use, of another
    /// member or damaged, its address is taken), and <see cref="ArgumentException"/> for options that cannot work, as does whoever
    /// asks for the service before. Their messages say which member, why, and what would work.
    /// </remarks>
    public static IServiceCollection AddQuorate(
        this IServiceCollection services, Action<QuorateOptions> configure, Func<IServiceProvider, IStateMachine> stateMachine)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        ArgumentNullException.ThrowIfNull(stateMachine);
        services.AddSingleton(provider => Create(provider, new QuorateOptions(), configure, stateMachine));
        services.AddSingleton<IQuorate>(provider => provider.GetRequiredService<EmbeddedMember>());
        return services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<EmbeddedMember>());
    }

    /// <summary>
    /// Adds one of several members in one host; inject <see cref="IQuorate"/> with the key <paramref name="name"/> to use it.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">The member's name, and the key of its service.</param>
    /// <param name="configure">Sets data folder, members and whatever else differs from the defaults.</param>
    /// <param name="stateMachine">Makes the empty state machine that is replicated.</param>
    /// <remarks>
    /// <c>IHost.StartAsync</c> throws <see cref="QuorateStartException"/> if the member cannot start (its data folder is in use, of another
    /// member or damaged, its address is taken), and <see cref="ArgumentException"/> for options that cannot work, as does whoever
    /// asks for the service before. Their messages say which member, why, and what would work.
    /// </remarks>
    public static IServiceCollection AddQuorate(
        this IServiceCollection services, string name, Action<QuorateOptions> configure, Func<IServiceProvider, IStateMachine> stateMachine)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        ArgumentNullException.ThrowIfNull(stateMachine);
        services.AddKeyedSingleton(name, (provider, _) => Create(provider, new QuorateOptions { Name = name }, configure, stateMachine));
        services.AddKeyedSingleton<IQuorate>(name, (provider, _) => provider.GetRequiredKeyedService<EmbeddedMember>(name));
        return services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<EmbeddedMember>(name));
    }

    private static EmbeddedMember Create(
        IServiceProvider provider, QuorateOptions options, Action<QuorateOptions> configure, Func<IServiceProvider, IStateMachine> stateMachine)
    {
        configure(options);
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"the options given to {nameof(AddQuorate)} for member '{options.Name}' cannot work: {e.Message}", e);
        }

        return new EmbeddedMember(
            options,
            () => stateMachine(provider),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<IHostApplicationLifetime>());
    }
}
