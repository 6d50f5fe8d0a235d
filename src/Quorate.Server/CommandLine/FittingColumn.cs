namespace Quorate.Server.CommandLine;

/// <summary>A column of a <see cref="FittingTable"/>.</summary>
/// <param name="Title">What stands above it.</param>
/// <param name="IsNumber">Whether it is aligned to the right.</param>
/// <param name="IsOptional">Whether it is left out where the table would be too wide.</param>
internal sealed record FittingColumn(string Title, bool IsNumber = false, bool IsOptional = false);
