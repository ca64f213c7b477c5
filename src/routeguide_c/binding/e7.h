/* stub until arguments.h has it */
#ifndef E7_H
#define E7_H
#include "binding.h"
static inline int e7_from(PyObject *argument, const char *name, int32_t *value)
{
    if (quick_int32_from(argument, value))
        return 0;
    if (PyFloat_Check(argument)) {
        PyErr_Format(PyExc_TypeError,
                     "%s: expected E7 integers, not %R; index.degrees takes degrees", name,
                     argument);
        return -1;
    }
    return int32_from(argument, value);
}
static inline int e7_point_from(PyObject *const *args, const char *const *names, rg_point *point)
{
    if (e7_from(args[0], names[0], &point->lat_e7) < 0)
        return -1;
    return e7_from(args[1], names[1], &point->lon_e7);
}
static inline bool looks_like_degrees(rg_point point)
{
    return (uint32_t)point.lat_e7 + 90u <= 180u && (uint32_t)point.lon_e7 + 180u <= 360u;
}
static inline int warn_if_degrees(rg_point a, rg_point b)
{
    if (!looks_like_degrees(a) || !looks_like_degrees(b) ||
        !(a.lat_e7 | a.lon_e7 | b.lat_e7 | b.lon_e7))
        return 0;
    return PyErr_WarnEx(PyExc_UserWarning,
                        "these E7 integers look like degrees; index.degrees takes degrees", 1);
}
#endif
