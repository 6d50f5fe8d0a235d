using System.Security.Cryptography;

namespace Quorate.Server.Security;

/// <summary>
/// Turns passwords into what may be stored: PBKDF2 with SHA-256, with a salt of its own each. It is slow on purpose, so
/// only a few run at once, and it is done by the member that is asked, before the log: all members apply the same bytes.
/// </summary>
internal static class PasswordHasher
{
    private const int Iterations = 600_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    /// <summary>More would take the processors from those who serve.</summary>
    private const int AtOnceMax = 2;

    private static readonly SemaphoreSlim s_turns = new(AtOnceMax);

    /// <summary>The hash as text that says how it was made: pbkdf2-sha256$iterations$salt$hash, the last two as base64.</summary>
    public static async Task<string> HashAsync(string password, CancellationToken cancellationToken)
    {
        await s_turns.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Hash(password), cancellationToken);
        }
        finally
        {
            s_turns.Release();
        }
    }

    private static string Hash(string password)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        byte[] hash = Rfc2898DeriveBytes.Pbkdf2(password, salt, Iterations, HashAlgorithmName.SHA256, HashBytes);
        return $"pbkdf2-sha256${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}";
    }
}
