using Darkroom.Worker.Cli;
using Darkroom.Worker.Machine;

if (MachineCheck.FindStartFault() is { } fault)
{
    MachineCheck.Tell(fault);
    return ExitCodes.BadInput;
}

return await DarkroomCli.RunAsync(args);
