#if QUORATE_MUTANTS
namespace Quorate.Raft;

/// <summary>Which fault of <see cref="Mutant"/> this build has now. There is no such thing in a build that ships.</summary>
public static class Mutants
{
    /// <summary>Where parts that do not know this type find the name of the active mutant, in the data of the application.</summary>
    public const string DataName = "Quorate.Mutant";

    private static volatile Mutant s_active;

    /// <summary>The one that is switched on, for the whole process.</summary>
    public static Mutant Active
    {
        get => s_active;
        set
        {
            s_active = value;
            AppContext.SetData(DataName, value.ToString());
        }
    }

    /// <summary>Whether that one is switched on.</summary>
    public static bool Is(Mutant mutant) => s_active == mutant;
}
#endif
